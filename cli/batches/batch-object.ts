/** A batch as the API answers it, as far as the commands read it. */
export interface BatchObject {
  readonly id: string;
  readonly status: 'validating' | 'failed' | 'in_progress' | 'finalizing' | 'completed' | 'expired' | 'cancelling' | 'cancelled';
  readonly status_reason: string | null;
  readonly endpoint: string;
  readonly model: string | null;
  readonly campaign_id: string;
  readonly input_file_id: string;
  readonly output_file_id: string | null;
  readonly error_file_id: string | null;
  readonly errors: { readonly data: readonly BatchFaultObject[] } | null;
  readonly request_counts: { readonly total: number; readonly completed: number; readonly failed: number };
  readonly cost: { readonly estimated: string; readonly reserved: string; readonly actual: string };
  /** Unix seconds. */
  readonly created_at: number;
  readonly expires_at: number;
}

interface BatchFaultObject {
  readonly code: string;
  readonly message: string;
  readonly param: string | null;
  readonly line: number | null;
}

/** The path of a batch. */
export function batchPath(id: string, rest = ''): string {
  return `/v1/batches/${encodeURIComponent(id)}${rest}`;
}

/** True when nothing changes any more. */
export function hasEnded({ status }: BatchObject): boolean {
  return status === 'completed' || status === 'failed' || status === 'expired' || status === 'cancelled';
}
