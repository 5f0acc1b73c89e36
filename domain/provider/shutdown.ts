import type { Model } from './catalogue';

const WARNS_WITHIN_DAYS = 30;
const DAY_MS = 86_400_000;

/**
 * What to say of a model that its vendor ends within 30 days, or has ended; null: nothing to say.
 * @example shutdownWarning({ name: 'm', shutdownDate: '2026-12-11' }, new Date('2026-12-01')) // 'The vendor of m shuts it down on 2026-12-11, in 10 days. ...'
 */
export function shutdownWarning({ name, shutdownDate }: Pick<Model, 'name' | 'shutdownDate'>, now: Date): string | null {
  if (shutdownDate === undefined) return null;
  const days = Math.ceil((Date.parse(shutdownDate) - now.getTime()) / DAY_MS);
  if (!(days <= WARNS_WITHIN_DAYS)) return null;
  const when = days < 0 ? 'since then requests may fail' : days === 0 ? 'today' : days === 1 ? 'in 1 day' : `in ${days} days`;
  return `The vendor of ${name} shuts it down on ${shutdownDate}, ${when}. Move to another model.`;
}
