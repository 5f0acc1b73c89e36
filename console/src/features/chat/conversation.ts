import type { ChatMessage, ChatProgress } from '../../api/chat';

export type Side = 'a' | 'b';

export interface Answer extends ChatProgress {
  readonly model: string;
  /** Awaited: its stream broke, and its run is asked how it ended. Cut: it ended without the rest of its text. */
  readonly state: 'writing' | 'done' | 'stopped' | 'failed' | 'awaited' | 'cut';
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

/** One version of one answer of a conversation. */
export interface Place {
  readonly turnId: string;
  readonly side: Side;
  readonly version: number;
}

export const NOTHING: ChatProgress = { text: '', taskId: null, firstTokenMs: null, inputTokens: null, outputTokens: null };

/** The conversation with a change of one answer. */
export function withAnswer(turns: readonly Turn[], { turnId, side, version }: Place, change: Partial<Answer>): readonly Turn[] {
  return turns.map((turn) => {
    if (turn.id !== turnId) return turn;
    const before = turn.answers[side] ?? [];
    const current = before[version] ?? { ...NOTHING, model: '', state: 'writing', error: null, totalMs: null };
    const answers = [...before.slice(0, version), { ...current, ...change }, ...before.slice(version + 1)];
    return { ...turn, answers: { ...turn.answers, [side]: answers } };
  });
}

/** What a model is told: the conversation of one side with its own last answers, and the question. */
export function messagesOf(
  earlier: readonly Turn[],
  side: Side,
  { prompt, options }: Pick<Turn, 'prompt' | 'options'>,
): readonly ChatMessage[] {
  const system = options.system.trim();
  const said = earlier.flatMap((turn): readonly ChatMessage[] => {
    const answer = turn.answers[side]?.at(-1);
    if (answer === undefined || answer.text === '') return [];
    return [
      { role: 'user', content: turn.prompt },
      { role: 'assistant', content: answer.text },
    ];
  });
  return [...(system === '' ? [] : [{ role: 'system' as const, content: system }]), ...said, { role: 'user', content: prompt }];
}

/** Longer conversations are kept from their end on. */
const MOST_LETTERS = 1_000_000;

/** A conversation as a tab keeps it through a reload; null: there is none. */
export function keptOf(turns: readonly Turn[]): string | null {
  if (turns.length === 0) return null;
  // What went wrong is said by its state: an error does not survive a reload.
  const text = JSON.stringify(turns, (name, value: unknown) => (name === 'error' ? null : value));
  return text.length <= MOST_LETTERS ? text : keptOf(turns.slice(1));
}

/** A conversation that was kept. An answer that was being written is awaited: its stream ended with the page. */
export function conversationOf(kept: string | null): readonly Turn[] {
  try {
    const turns: unknown = JSON.parse(kept ?? '[]');
    if (!Array.isArray(turns)) return [];
    const known: Partial<Record<Answer['state'], Answer['state']>> = { writing: 'awaited', failed: 'cut' };
    const restored = ({ state, ...answer }: Answer): Answer => {
      const next = known[state] ?? state;
      return { ...answer, state: next === 'awaited' && answer.taskId === null ? 'cut' : next };
    };
    return (turns as readonly Turn[]).map((turn) => ({
      ...turn,
      answers: Object.fromEntries(Object.entries(turn.answers).map(([side, answers]) => [side, answers.map(restored)])),
    }));
  } catch {
    return [];
  }
}

/** The answers that are awaited, and the run of each. */
export function awaitedIn(turns: readonly Turn[]): readonly { readonly place: Place; readonly taskId: string }[] {
  return turns.flatMap(({ id: turnId, answers }) =>
    (['a', 'b'] as const).flatMap((side) =>
      (answers[side] ?? []).flatMap(({ state, taskId }, version) =>
        state === 'awaited' && taskId !== null ? [{ place: { turnId, side, version }, taskId }] : [],
      ),
    ),
  );
}
