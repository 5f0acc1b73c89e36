/**
 * What the fake does with one creating call (chat, embeddings, image, video). Several fields combine: `{ thinkMs: 50, status: 429 }`.
 * - `status`: refuse with this status; `code` and `message` go into the error body, `retryAfter` (seconds) into the header
 * - `hang`: take the request (a video job is made) and never answer
 * - `cut`: take the request (a video job is made) and close the connection without an answer
 * - `cutAfterTokens`: stream so many tokens, then close the connection
 * - `errorAfterTokens`: stream so many tokens, then send an error event and end
 * - `endAfterTokens`: stream so many tokens, then end the stream properly but without finish reason and `[DONE]`
 * - `badJson`: answer 200 with something that is no JSON
 * - `jobFails`: a video job that fails with this code; `jobLost`: polls of the job answer 404, so many times or for ever
 * - `job`: fields laid over what polls say of a video's job; `created`: the same for the answer to its creation
 * - `undeletable`: a video's job that cannot be deleted and runs on
 * - `content`: what the download of a video brings in place of the video
 * - `noUsage`: leave the usage out
 * - `exactly`: answer with just this; see `eventsOf` for a stream
 */
export interface Step {
  readonly ok?: true;
  readonly thinkMs?: number;
  readonly status?: number;
  readonly code?: string;
  readonly message?: string;
  readonly retryAfter?: number | string;
  readonly hang?: boolean;
  readonly cut?: boolean;
  readonly cutAfterTokens?: number;
  readonly errorAfterTokens?: number;
  readonly endAfterTokens?: number;
  readonly badJson?: boolean;
  readonly jobFails?: string;
  readonly jobLost?: boolean | number;
  readonly undeletable?: boolean;
  readonly job?: Readonly<Record<string, unknown>>;
  readonly created?: Readonly<Record<string, unknown>>;
  readonly content?: { readonly type: string; readonly base64: string; readonly status?: number };
  readonly noUsage?: boolean;
  readonly exactly?: Verbatim;
}

/** An answer byte for byte: status 200 and JSON unless it says otherwise; a number among the pieces is a pause in milliseconds. */
export interface Verbatim {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly pieces: readonly (string | number)[];
}

/** How the fake behaves when no step says otherwise. */
export interface Behaviour {
  /** Before an answer begins, in milliseconds. */
  thinkMs: number;
  /** Between two tokens of a stream, in milliseconds. */
  tokenMs: number;
  /** Words of a chat's answer. */
  tokens: number;
  /** From a video's creation to its end, in milliseconds. */
  videoMs: number;
  /** Sent as `openai-poll-after-ms` with each video; null: not sent. */
  pollAfterMs: number | null;
  /** A creating call with a known Idempotency-Key begins nothing new: it is answered as the first one, also when that answer was lost. */
  honoursKeys: boolean;
}

export const DEFAULT_BEHAVIOUR: Behaviour = { thinkMs: 0, tokenMs: 0, tokens: 12, videoMs: 0, pollAfterMs: 200, honoursKeys: false };

/** Steps by model: each call takes the next one, the last one repeats. A model without steps follows those of `*`. */
export interface Plan {
  script(model: string, steps: readonly Step[]): void;
  next(model: string): Step;
  clear(): void;
}

export function createPlan(): Plan {
  const byModel = new Map<string, Step[]>();
  return {
    script: (model, steps) => void byModel.set(model, [...steps]),
    next(model) {
      const steps = byModel.get(model) ?? byModel.get('*') ?? [];
      return (steps.length > 1 ? steps.shift() : steps[0]) ?? {};
    },
    clear: () => byModel.clear(),
  };
}
