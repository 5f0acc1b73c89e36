import { useCallback, useRef, useState } from 'react';
import { streamChat, type ChatMessage, type ChatProgress } from '../../api/chat';
import { newKey } from '../../api/client';

export type Side = 'a' | 'b';

export interface Answer extends ChatProgress {
  readonly model: string;
  readonly state: 'writing' | 'done' | 'stopped' | 'failed';
  readonly error: unknown;
  readonly totalMs: number | null;
}

/** A question with its answers; earlier versions of an answer stay. */
export interface Turn {
  readonly id: string;
  readonly prompt: string;
  readonly options: ChatOptions;
  readonly answers: Readonly<Partial<Record<Side, readonly Answer[]>>>;
}

export interface ChatOptions {
  readonly system: string;
  readonly temperature: number | null;
  readonly isJson: boolean;
}

interface Asked {
  readonly side: Side;
  readonly model: string;
}

const NOTHING: ChatProgress = { text: '', taskId: null, firstTokenMs: null, inputTokens: null, outputTokens: null };

/** A conversation with one or two models, each with its own side of it. */
export function useChat(team: string) {
  const [turns, setTurns] = useState<readonly Turn[]>([]);
  const latest = useRef(turns);
  const aborts = useRef(new Set<AbortController>());
  const [busy, setBusy] = useState(0);

  const put = useCallback((next: readonly Turn[]): void => {
    latest.current = next;
    setTurns(next);
  }, []);

  const answer = useCallback(
    async (turnId: string, { side, model }: Asked): Promise<void> => {
      const abort = new AbortController();
      const begun = performance.now();
      const at = latest.current.findIndex(({ id }) => id === turnId);
      const turn = latest.current[at];
      if (turn === undefined) return;
      const version = turn.answers[side]?.length ?? 0;
      const write = (change: Partial<Answer>): void =>
        put(latest.current.map((one) => (one.id === turnId ? changed(one, side, version, change) : one)));
      const messages = messagesBefore(latest.current.slice(0, at), side, turn);
      write({ ...NOTHING, model, state: 'writing', error: null, totalMs: null });
      aborts.current.add(abort);
      setBusy((count) => count + 1);
      try {
        await streamChat(
          team,
          { model, messages, temperature: turn.options.temperature, isJson: turn.options.isJson },
          abort.signal,
          write,
        );
        write({ state: 'done', totalMs: performance.now() - begun });
      } catch (error) {
        write(abort.signal.aborted ? { state: 'stopped', totalMs: performance.now() - begun } : { state: 'failed', error });
      } finally {
        aborts.current.delete(abort);
        setBusy((count) => count - 1);
      }
    },
    [put, team],
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

function changed(turn: Turn, side: Side, version: number, change: Partial<Answer>): Turn {
  const before = turn.answers[side] ?? [];
  const current = before[version] ?? { ...NOTHING, model: '', state: 'writing', error: null, totalMs: null };
  return { ...turn, answers: { ...turn.answers, [side]: [...before.slice(0, version), { ...current, ...change }] } };
}

/** The conversation of one side: its own last answers, and the question. */
function messagesBefore(turns: readonly Turn[], side: Side, turn: Turn): readonly ChatMessage[] {
  const system = turn.options.system.trim();
  const earlier = turns.flatMap(({ prompt, answers }): readonly ChatMessage[] => {
    const said = answers[side]?.at(-1);
    if (said === undefined || said.text === '') return [];
    return [
      { role: 'user', content: prompt },
      { role: 'assistant', content: said.text },
    ];
  });
  return [...(system === '' ? [] : [{ role: 'system' as const, content: system }]), ...earlier, { role: 'user', content: turn.prompt }];
}
