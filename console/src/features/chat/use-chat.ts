import { useCallback, useEffect, useRef, useState } from 'react';
import { streamChat, textOfBroken } from '../../api/chat';
import { newKey } from '../../api/client';
import { NoConnection } from '../../api/errors';
import { useMe } from '../../api/session';
import { useSettled } from '../../lib/delayed';
import { onLeave } from '../../lib/leave-guard';
import { personalName, readInTab, writeInTab } from '../../lib/preferences';
import {
  awaitedIn,
  conversationOf,
  keptOf,
  messagesOf,
  NOTHING,
  withAnswer,
  type Answer,
  type ChatOptions,
  type Place,
  type Side,
  type Turn,
} from './conversation';

interface Asked {
  readonly side: Side;
  readonly model: string;
}

/** Once a pause has been made, and when the page is left. */
const KEPT_AFTER_MS = 300;

/** A conversation with one or two models, each with its own side of it. The tab keeps it through a reload. */
export function useChat(team: string) {
  const { user } = useMe();
  const name = personalName(user.id, team, 'conversation');
  const [turns, setTurns] = useState<readonly Turn[]>(() => conversationOf(readInTab(name)));
  const latest = useRef(turns);
  const aborts = useRef(new Set<AbortController>());
  const [busy, setBusy] = useState(0);
  useKept(name, turns, latest);

  const put = useCallback((next: readonly Turn[]): void => {
    latest.current = next;
    setTurns(next);
  }, []);
  const write = useCallback((place: Place, change: Partial<Answer>): void => put(withAnswer(latest.current, place, change)), [put]);

  const awaitEnd = useCallback(
    async (place: Place, taskId: string, signal: AbortSignal): Promise<void> => {
      const text = await textOfBroken(team, taskId, signal);
      write(place, text === null ? { state: 'cut' } : { state: 'done', text });
    },
    [team, write],
  );
  useEffect(() => {
    const leaving = new AbortController();
    for (const { place, taskId } of awaitedIn(latest.current)) awaitEnd(place, taskId, leaving.signal).catch(() => undefined);
    return () => leaving.abort();
  }, [awaitEnd]);

  const answer = useCallback(
    async (turnId: string, { side, model }: Asked): Promise<void> => {
      const abort = new AbortController();
      const begun = performance.now();
      const at = latest.current.findIndex(({ id }) => id === turnId);
      const turn = latest.current[at];
      if (turn === undefined) return;
      const place = { turnId, side, version: turn.answers[side]?.length ?? 0 };
      const question = { model, messages: messagesOf(latest.current.slice(0, at), side, turn), ...turn.options };
      const run: { id: string | null } = { id: null };
      write(place, { ...NOTHING, model, state: 'writing', error: null, totalMs: null });
      aborts.current.add(abort);
      setBusy((count) => count + 1);
      try {
        await streamChat(team, question, abort.signal, (progress) => {
          run.id = progress.taskId;
          write(place, progress);
        });
        write(place, { state: 'done', totalMs: performance.now() - begun });
      } catch (error) {
        if (abort.signal.aborted) write(place, { state: 'stopped', totalMs: performance.now() - begun });
        else if (run.id === null || !(error instanceof NoConnection)) write(place, { state: 'failed', error });
        else {
          // The server went away in the middle: the run goes on there, and its end is shown.
          write(place, { state: 'awaited' });
          await awaitEnd(place, run.id, abort.signal).catch(() => write(place, { state: 'cut' }));
        }
      } finally {
        aborts.current.delete(abort);
        setBusy((count) => count - 1);
      }
    },
    [awaitEnd, team, write],
  );

  return {
    turns,
    isBusy: busy > 0,
    send: (prompt: string, options: ChatOptions, asked: readonly Asked[]) => {
      const turn: Turn = { id: newKey(), prompt, options, answers: {} };
      put([...latest.current, turn]);
      for (const one of asked) void answer(turn.id, one);
    },
    retry: (turnId: string, asked: Asked) => void answer(turnId, asked),
    stop: () => {
      for (const abort of aborts.current) abort.abort();
    },
    clear: () => put([]),
  };
}

/** Keeps the conversation in the tab. */
function useKept(name: string, turns: readonly Turn[], latest: { readonly current: readonly Turn[] }): void {
  const settled = useSettled(turns, KEPT_AFTER_MS);
  useEffect(() => writeInTab(name, keptOf(settled)), [name, settled]);
  useEffect(() => {
    const keep = (): void => writeInTab(name, keptOf(latest.current));
    const stop = onLeave(keep);
    return () => {
      stop();
      keep();
    };
  }, [name, latest]);
}
