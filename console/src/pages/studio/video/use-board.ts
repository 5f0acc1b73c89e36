import { useCallback, useMemo } from 'react';
import { useMe, useTeam } from '../../../api/session';
import { lookAgain, personalName, readStoredUnder, useStoredUnder, writeStored } from '../../../lib/preferences';
import { changesOf, readBoard, type Board, type Shot } from './board';

export interface KeptBoard {
  readonly name: string;
  readonly board: Board;
  /** What is kept now: another tab may have changed it since this one drew it. */
  readonly now: () => Board;
  /** Changes what is kept now. */
  readonly change: (change: (board: Board) => Board) => void;
  readonly changeShot: (id: string, change: (shot: Shot) => Shot) => void;
}

/** The storyboard of the person and team, which survives a reload and is one in all tabs. */
export function useBoard(): KeptBoard {
  const { user } = useMe();
  const name = personalName(user.id, useTeam(), 'storyboard');
  const kept = useStoredUnder(name);
  const board = useMemo(() => readBoard(kept), [kept]);
  const now = useCallback(() => readBoard(readStoredUnder(name)), [name]);
  const change = useCallback(
    (next: (board: Board) => Board) => {
      const before = now();
      const after = next(before);
      const changes = after === before ? [] : changesOf(before, after);
      for (const [part, value] of changes) writeStored(`${name}${part}`, value);
      // What needed no change, since another tab has made it, is shown.
      lookAgain();
    },
    [name, now],
  );
  const changeShot = useCallback(
    (id: string, next: (shot: Shot) => Shot) =>
      change((all) =>
        all.shots.some((shot) => shot.id === id) ? { shots: all.shots.map((shot) => (shot.id === id ? next(shot) : shot)) } : all,
      ),
    [change],
  );
  return { name, board, now, change, changeShot };
}
