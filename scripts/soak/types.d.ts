import type { TaskObject } from '../../domain/task/object';

/** What the checks read of a task. */
export type Task = Omit<TaskObject, 'input' | 'output'> & {
  readonly input: { readonly prompt?: string; readonly messages?: readonly { readonly content: string }[] } | null;
  readonly output: { readonly n?: number };
};

/** What the checks read of a campaign. */
export interface Campaign {
  readonly id: string;
  readonly status: string;
  readonly finished_at: string | null;
  readonly counts: { readonly total: number; readonly succeeded: number } & Readonly<Record<string, number>>;
  readonly cost: { readonly actual: string };
}

export interface Item {
  readonly key: string;
  readonly status: string;
  readonly task_id: string | null;
}

/** A run that was accepted: `ended`, its final status once seen. */
export interface Accepted {
  readonly id: string;
  readonly kind: string;
  readonly isServed?: boolean;
  ended: string | null;
}

/** What came of a request. `status` 0: no answer. */
export interface Answer {
  readonly status: number;
  readonly runId: string | null;
  readonly requestId?: string | null;
  readonly isWhole: boolean;
  readonly bytes: Buffer;
  readonly reason?: string;
  /** The answer's JSON. */
  readonly body?: ReturnType<JSON['parse']>;
}

export interface CallOptions {
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
  /** With the admin key. */
  readonly admin?: boolean;
  readonly patienceMs?: number;
  /** Leave the body as bytes. */
  readonly raw?: boolean;
}

/** Evidence by kind: `lost` runs, things done twice, all else. */
export interface Faults {
  readonly lost: string[];
  readonly double: string[];
  readonly other: string[];
}

/** A delivery that was answered with success. */
export interface Delivery {
  readonly id: string;
  readonly type: string;
  readonly status: string;
}

export interface Receiver {
  readonly url: string;
  /** By task or campaign. */
  readonly events: ReadonlyMap<string, { readonly taken: readonly Delivery[]; readonly tries: number }>;
  readonly faults: readonly string[];
  stop(): void;
}

/** What the checks ask the installation. */
export interface Reader {
  tasks(): Promise<Task[]>;
  open(): Promise<Task[]>;
  campaign(id: string): Promise<Campaign>;
  items(id: string): Promise<Item[]>;
  callbacksOf(id: string): Promise<unknown>;
  ledger(): Promise<Ledger>;
  keys(): Promise<{ readonly spent_usd: string }[]>;
  /** The requests in the call log. */
  loggedRequests(): Promise<readonly string[]>;
  digest(path: string): Promise<{ readonly bytes: number; readonly sha256: string }>;
  look(): Promise<string[]>;
}

export interface Ledger {
  readonly ok: boolean;
  readonly entries: number;
  readonly open_reservations: number;
  readonly problems: readonly string[];
}

/** All that is known once the load is drained. */
export interface Facts {
  readonly tasks: readonly Task[];
  readonly campaigns: readonly Campaign[];
  readonly accepted: ReadonlyMap<string, Accepted>;
  /** Ids of the tasks that were asked to be replayed. */
  readonly replays: readonly string[];
  /** What the provider counted: calls by `<task>:<attempt>`. */
  readonly counts: { readonly createsByKey: Readonly<Record<string, number>> };
  /** By request id: requests that named a model and were answered whole, with what they were. */
  readonly requests: ReadonlyMap<string, string>;
  readonly reader: Reader;
  readonly receiver: Receiver;
  readonly faults: Faults;
  readonly callbacksWithinMs?: number;
}

export interface Kills {
  readonly killed: readonly { readonly target: string; readonly parts: readonly string[] }[];
  readonly recoveries: readonly { readonly targets: readonly string[]; readonly seconds: number }[];
  readonly faults: readonly string[];
}

/** What a step of `--faults pause` showed. */
export interface SlowStep {
  readonly name: string;
  readonly readyz_named: readonly string[];
  readonly seconds_to_ready: number;
  readonly answers: Readonly<Record<string, number>>;
  readonly slowest: Slowest;
}

export interface Slowest {
  ms: number;
  what: string;
}
