import type { TaskRow } from '../../api/tasks';

export function firstImage({ outputs }: TaskRow): TaskRow['outputs'][number] | null {
  return outputs.find(({ kind, thumbnail_url: thumbnail }) => kind === 'image' || thumbnail !== null) ?? null;
}

/** Four words for why it failed. */
export type Cause = 'refused' | 'budget' | 'away' | 'late' | 'unknown' | 'request' | 'ours';

const CAUSES: Readonly<Record<string, Cause>> = {
  content_policy_violation: 'refused',
  insufficient_quota: 'budget',
  budget_exceeded: 'budget',
  cost_ceiling_exceeded: 'budget',
  provider_unavailable: 'away',
  provider_bad_response: 'away',
  provider_auth: 'away',
  provider_not_found: 'away',
  rate_limited: 'away',
  provider_timeout: 'late',
  expired: 'late',
  outcome_unknown: 'unknown',
  stream_interrupted: 'away',
  asset_storage_failed: 'ours',
  service_unavailable: 'ours',
  internal: 'ours',
};

export function causeOf({ error, status }: TaskRow): Cause | null {
  if (error === null || status === 'cancelled') return null;
  return CAUSES[error.code] ?? 'request';
}
