import type { TaskStatus } from '../../domain/task/task';

/** A task as the API gives it; only what the CLI reads. */
export interface TaskObject {
  readonly id: string;
  readonly type: string;
  readonly model: string;
  readonly status: TaskStatus;
  readonly phase: string;
  readonly progress: number;
  readonly created_at: string;
  readonly started_at: string | null;
  readonly finished_at: string | null;
  readonly outputs: readonly OutputObject[];
  readonly missing_outputs: readonly MissingOutputObject[];
  readonly text: string | null;
  /** Decimal strings of US dollars. */
  readonly cost: { readonly estimated: string; readonly reserved: string; readonly actual: string | null };
  readonly routing: { readonly attempts: readonly AttemptObject[] };
  readonly error: TaskErrorObject | null;
  readonly credential: { readonly name: string; readonly class: string };
  readonly team: string;
  readonly external_id: string | null;
}

/** What the API says of every file that it keeps. */
export interface StoredFile {
  readonly content_type: string;
  readonly width: number | null;
  readonly height: number | null;
  readonly duration_s: number | null;
  readonly bytes: number;
  readonly sha256: string;
}

export interface OutputObject extends StoredFile {
  readonly id: string;
  readonly notice: string | null;
}

/** An output that was asked for and could not be had. */
export interface MissingOutputObject {
  readonly index: number;
  readonly code: string;
  readonly message: string;
}

export interface AttemptObject {
  readonly n: number;
  readonly provider: string;
  readonly model: string;
  readonly outcome: string;
  readonly error_code: string | null;
  readonly cost: string;
}

export interface TaskErrorObject {
  readonly code: string;
  readonly message: string;
  readonly retryable: boolean;
  readonly provider_code: string | null;
  readonly provider_message: string | null;
}
