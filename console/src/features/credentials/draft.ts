import type { Key, KeyChange, KeyClass, NewKey } from '../../api/keys';
import { NO_LIMITS, orNull, type Limits } from '../../ui/limit-fields';

/** A credential as it is typed. */
export interface KeyDraft {
  readonly name: string;
  readonly class: KeyClass;
  readonly project: string;
  readonly owner: string;
  readonly purpose: string;
  readonly limits: Limits;
  readonly maxCost: string;
  readonly requestsPerMinute: string;
  readonly concurrent: string;
  /** A date, which ends at its end. */
  readonly expires: string;
  /** Addresses and networks, one a line. */
  readonly ips: string;
  /** Models, one a line; empty: all. */
  readonly models: string;
}

export const NEW_KEY: KeyDraft = {
  ...{ name: '', class: 'production', project: '', owner: '', purpose: '', limits: NO_LIMITS, maxCost: '' },
  ...{ requestsPerMinute: '', concurrent: '', expires: '', ips: '', models: '' },
};

export const draftOf = (key: Key): KeyDraft => ({
  name: key.name,
  class: key.class,
  project: key.project ?? '',
  owner: key.owner ?? '',
  purpose: key.purpose ?? '',
  limits: { total: key.limits.total_usd ?? '', monthly: key.limits.monthly_usd ?? '', daily: key.limits.daily_usd ?? '' },
  maxCost: key.max_cost_per_request_usd ?? '',
  requestsPerMinute: String(key.rate.requests_per_minute ?? ''),
  concurrent: String(key.rate.concurrent ?? ''),
  expires: key.expires_at?.slice(0, 10) ?? '',
  ips: (key.ip_allow ?? []).join('\n'),
  models: key.models.includes('*') ? '' : key.models.join('\n'),
});

const lines = (value: string): string[] => value.split(/[\s,]+/).filter((line) => line !== '');
const whole = (value: string): number | null => (value.trim() === '' ? null : Number(value));

/** What both a new credential and a change of one have. */
export function changeOf(draft: KeyDraft, before: Key | null): KeyChange & Required<Pick<KeyChange, 'models'>> {
  const ips = lines(draft.ips);
  const models = lines(draft.models);
  // A time of day that was set by the API stays as long as the date does.
  const expires = draft.expires === (before?.expires_at?.slice(0, 10) ?? '') ? (before?.expires_at ?? null) : endOf(draft.expires);
  return {
    class: draft.class,
    project: orNull(draft.project),
    owner: orNull(draft.owner),
    purpose: orNull(draft.purpose),
    limits: { total_usd: orNull(draft.limits.total), monthly_usd: orNull(draft.limits.monthly), daily_usd: orNull(draft.limits.daily) },
    max_cost_per_request_usd: orNull(draft.maxCost),
    rate: { requests_per_minute: whole(draft.requestsPerMinute), concurrent: whole(draft.concurrent) },
    expires_at: expires,
    ip_allow: ips.length === 0 ? null : ips,
    models: models.length === 0 ? ['*'] : models,
  };
}

export const newKeyOf = (team: string, draft: KeyDraft): NewKey => ({
  ...changeOf(draft, null),
  team,
  name: draft.name.trim(),
  class: draft.class,
  images_default: 'b64_json',
});

/** The end of a day where the person is. */
function endOf(date: string): string | null {
  if (date === '') return null;
  return new Date(`${date}T23:59:59`).toISOString();
}
