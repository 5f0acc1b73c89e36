/** What the doctor looks at, in order. */
export type StepName = 'name' | 'tls' | 'healthz' | 'readyz' | 'key' | 'models' | 'chat' | 'stream';

/** What was found. */
export interface Finding {
  /** null: not looked at. */
  readonly ok: boolean | null;
  /** What was seen, or what is wrong, in plain words. */
  readonly message: string;
  /** What to do, one line each. */
  readonly advice?: readonly string[];
  /** Nothing after it can work. */
  readonly isEnd?: boolean;
}

/** Where the doctor looks. Later steps use what earlier ones found. */
export interface Patient {
  /** As given, without slashes at its end. */
  readonly base: string;
  /** The base without `/v1`. */
  readonly root: string;
  readonly key: string;
  /** The model to try; null: the first available text model. */
  readonly wantedModel: string | null;
  /** @param timeoutMs for the whole answer */
  readonly ask: (url: string, options?: { readonly body?: unknown; readonly timeoutMs?: number }) => Promise<Response>;
  /** What `GET /models` listed; filled by the step `key`. */
  models: readonly ListedModel[];
}

export interface ListedModel {
  readonly id: string;
  readonly modality: string;
  readonly isAvailable: boolean;
  readonly warnings: readonly string[];
}

export function good(message: string): Finding {
  return { ok: true, message };
}

export function bad(message: string, ...advice: readonly string[]): Finding {
  return { ok: false, message, advice };
}

/** Bad, and nothing after it can work. */
export function end(message: string, ...advice: readonly string[]): Finding {
  return { ok: false, message, advice, isEnd: true };
}

export function skipped(message: string): Finding {
  return { ok: null, message };
}
