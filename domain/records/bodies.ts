/** What a team keeps of the bodies of its calls. */
export interface BodyPolicy {
  /** They are kept for so long; the team's retention ends them sooner where it is shorter. */
  readonly retentionDays: number;
  /** Of request and answer together, as redacted JSON: larger ones are not kept. */
  readonly maxBytes: number;
  /** The share of the requests whose bodies are kept, above 0 to 1. */
  readonly sample: number;
}

/** Bounds of a policy, and what it is where it does not say. */
export const BODY_POLICY = {
  retentionDays: { least: 1, most: 365 },
  maxBytes: { least: 1_024, most: 16 * 1024 * 1024, default: 256 * 1024 },
  sample: { default: 1 },
} as const;

/** A policy as it is stored and as users write it. */
export interface BodyPolicyObject {
  readonly retention_days: number;
  readonly max_bytes: number;
  readonly sample: number;
}

export function bodyPolicyObject(policy: BodyPolicy | null): BodyPolicyObject | null {
  return policy === null ? null : { retention_days: policy.retentionDays, max_bytes: policy.maxBytes, sample: policy.sample };
}

export function bodyPolicyOf(object: BodyPolicyObject | null): BodyPolicy | null {
  return object === null ? null : { retentionDays: object.retention_days, maxBytes: object.max_bytes, sample: object.sample };
}

/** Is the call one of those that the policy keeps? Always the same answer for the same call: the end of its id is random. */
export function isSampled(callId: string, { sample }: BodyPolicy): boolean {
  return Number.parseInt(callId.slice(-8), 16) < sample * 0x1_0000_0000;
}

/** Whether a call's bodies are there; null: none were kept, or they are over. */
export type BodyState = 'kept' | 'too_large' | null;

/** A call that its team wants the bodies of. */
export interface BodyOwner {
  readonly callId: string;
  readonly teamId: number;
  readonly policy: BodyPolicy;
}

/** What came in and what went out, as far as it did. */
export interface Exchange {
  readonly request: {
    readonly contentType: string | null;
    /** The parsed JSON, or the fields of a form; undefined: it was not read. */
    readonly body: unknown;
    readonly files?: readonly { readonly field: string; readonly contentType: string; readonly bytes: number; readonly sha256: string }[];
  };
  readonly response: {
    readonly status: number;
    readonly contentType: string | null;
    /** False: the client went away, or the answer broke off. */
    readonly isComplete: boolean;
  };
}

/** Watches one answer. */
export interface ExchangeWatch {
  /** A piece of the answer's body, as it goes out. It must not change afterwards. */
  answered(piece: string | Uint8Array): void;
  /** The answer has ended: what is to be kept is kept from now on, in the background. */
  end(exchange: Exchange): void;
  /** As `end`, for an answer that is none of the log. */
  discard(): void;
}

/** Keeps bodies off the way of their answers. What does not fit into its memory, or cannot be stored within a minute, is given up and told in the process's log. */
export interface BodyKeeper {
  /** Null: there is no room now. */
  watch(owner: BodyOwner): ExchangeWatch | null;
  /** Resolves once what has ended is stored or given up, or after `withinMs`. */
  drain(withinMs: number): Promise<void>;
}

/** Where the bodies of a call are, and the key that opens them, sealed with the master key. */
export interface KeptBodies {
  /** Of the object. */
  readonly key: string;
  readonly keyEncrypted: string;
}

/** The contents, sealed. */
export interface BodyVault {
  /** Repeating overwrites. */
  put(callId: string, text: string): Promise<KeptBodies>;
  /** @throws AppError `not_found` when the object is gone, `internal` when it is damaged, of another call or of another master key */
  read(callId: string, kept: KeptBodies): Promise<string>;
}

/** What is known of kept bodies. */
export interface BodyStore {
  /** @param kept - null: they were too large. Repeating changes nothing. */
  keep(owner: BodyOwner, kept: KeptBodies | null): Promise<void>;
  /** Null: there are none, or they are over. */
  find(callId: string): Promise<{ readonly kept: KeptBodies | null; readonly expiresAt: Date } | null>;
}
