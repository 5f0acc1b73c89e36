import { useCallback, useMemo } from 'react';
import { useMe, useTeam } from '../../../api/session';
import { personalName, readStored, useStored, writeStored } from '../../../lib/preferences';
import { readBoard, writeBoard, type Board, type Shot } from './board';

export interface KeptBoard {
  readonly name: string;
  readonly board: Board;
  /** Changes what is kept now: another tab may have changed it since this one drew it. */
  readonly change: (change: (board: Board) => Board) => void;
  readonly changeShot: (id: string, change: (shot: Shot) => Shot) => void;
}

/** The storyboard of the person and team, which survives a reload and is one in all tabs. */
export function useBoard(): KeptBoard {
  const { user } = useMe();
  const name = personalName(user.id, useTeam(), 'storyboard');
  const [kept] = useStored(name);
  const board = useMemo(() => readBoard(kept), [kept]);
  const change = useCallback((next: (board: Board) => Board) => writeStored(name, writeBoard(next(readBoard(readStored(name))))), [name]);
  const changeShot = useCallback(
    (id: string, next: (shot: Shot) => Shot) =>
      change(({ shots }) => ({ shots: shots.map((shot) => (shot.id === id ? next(shot) : shot)) })),
    [change],
  );
  return { name, board, change, changeShot };
}
