/** What the doctor looks at, in order. */
export type StepName =
  'name' | 'tls' | 'healthz' | 'readyz' | 'key' | 'models' | 'paths' | 'cors' | 'budget' | 'chat' | 'stream' | FullStepName;
/** What is looked at with `--full` only: each is a generation of its own. */
export type FullStepName = 'responses' | 'messages' | 'tools' | 'image';

export interface AskOptions {
  /** Default: POST with a body, GET without. */
  readonly method?: string;
  readonly body?: unknown;
  /** In place of `Authorization: Bearer KEY`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** For the whole answer. */
  readonly timeoutMs?: number;
}

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
  /** Origin of the page whose browsers are to call; null: any. */
  readonly pageOrigin: string | null;
  readonly ask: (url: string, options?: AskOptions) => Promise<Response>;
  /** What `GET /models` listed; filled by the step `key`. */
  models: readonly ListedModel[];
  /** How long it took to list them. */
  listedInMs: number;
}

export interface ListedModel {
  readonly id: string;
  readonly modality: string;
  readonly isAvailable: boolean;
  readonly warnings: readonly string[];
  /** What strict clients would stumble over: "owned_by is null". */
  readonly flaws: readonly string[];
}

export function good(message: string): Finding {
  return { ok: true, message };
}

/** Well, with something to know. */
export function goodBut(message: string, ...advice: readonly string[]): Finding {
  return advice.length === 0 ? good(message) : { ok: true, message, advice };
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
