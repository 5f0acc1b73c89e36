import { setTimeout as pause } from 'node:timers/promises';
import type { Calls } from './calls';

const KINDS = ['chat', 'stream', 'text task', 'image', 'video'] as const;
type Kind = (typeof KINDS)[number];

/** One request of the load and what became of it. */
export interface Sent {
  readonly kind: Kind;
  readonly prompt: string;
  readonly beganAt: number;
  readonly endedAt: number;
  /** Null: the connection broke. */
  readonly status: number | null;
  readonly isWhole: boolean;
}

export interface Load {
  readonly sent: readonly Sent[];
  /** How many requests of the kind that began after `since` (as `performance.now()` tells) succeeded. */
  succeeded(kind: Kind, since: number): number;
  /** Sends nothing more; resolves when what was sent is answered. */
  stop(): Promise<void>;
}

const EVERY_MS = 40;
/** Tasks are waited for, so that the load never grows beyond one of each kind; an outage is not waited out. */
const WAIT = 'wait=10';
const messages = (prompt: string): object[] => [{ role: 'user', content: prompt }];

/** The models that the load asks for. */
export interface LoadModels {
  readonly text: string;
  readonly image: string;
  readonly video: string;
}

const requestsOf = ({
  text,
  image,
  video,
}: LoadModels): Readonly<Record<Kind, (prompt: string) => readonly [path: string, body: object]>> => ({
  chat: (prompt) => ['/v1/chat/completions', { model: text, messages: messages(prompt) }],
  stream: (prompt) => ['/v1/chat/completions', { model: text, messages: messages(prompt), stream: true }],
  'text task': (prompt) => ['/v1/tasks', { type: 'text', model: text, input: { prompt } }],
  image: (prompt) => ['/v1/images/generations', { model: image, prompt }],
  video: (prompt) => ['/v1/tasks', { type: 'video', model: video, input: { prompt }, output: { duration_s: 4 } }],
});

export const LOAD_KINDS: readonly Kind[] = KINDS;

/** Sends every kind of generation, one after the other of each kind, as users who pay no attention to what breaks. */
export function startLoad(calls: Calls, models: LoadModels = { text: 'text', image: 'image', video: 'video' }): Load {
  const requests = requestsOf(models);
  const sent: Sent[] = [];
  const stopping = new AbortController();
  const loops = KINDS.map(async (kind) => {
    for (let number = 1; !stopping.signal.aborted; number += 1) {
      const prompt = `${kind} ${number} ${String(Math.random()).slice(2, 8)}`;
      const beganAt = performance.now();
      const [path, body] = requests[kind](prompt);
      const answer = await calls.call('POST', path, { body, headers: { prefer: WAIT } }).catch(() => null);
      const isWhole = answer !== null && answer.status < 300 && (kind !== 'stream' || answer.text.includes('[DONE]'));
      sent.push({ kind, prompt, beganAt, endedAt: performance.now(), status: answer?.status ?? null, isWhole });
      // The pace of the load, not a wait for anything.
      await pause(EVERY_MS);
    }
  });
  return {
    sent,
    succeeded: (kind, since) => sent.filter((one) => one.kind === kind && one.beganAt > since && one.isWhole).length,
    async stop() {
      stopping.abort();
      await Promise.all(loops);
    },
  };
}
