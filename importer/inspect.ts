import type { LegacySource } from '../domain/migration/source';
import { quotaPerUsd, usdOf } from './money';

/** What a source is and holds. */
export interface Inspection {
  readonly product: string;
  readonly version: string;
  readonly engine: string;
  readonly location: string;
  readonly snapshot_at: string;
  readonly tables: Readonly<Record<string, number>>;
  /** Of users who are not deleted. */
  readonly balances: { readonly users: number; readonly quota: string; readonly usd: string; readonly deleted_quota: string };
  readonly not_coming: readonly { readonly what: string; readonly count: number | null; readonly why: string }[];
}

const STAY: readonly (readonly [string, string])[] = [
  ['redemptions', 'codes are listed for you to settle'],
  ['user_subscriptions', 'Atelier has no subscriptions'],
  ['top_ups', 'payments of the past; balances are what is left of them'],
  ['two_fas', 'people enrol their second factor again'],
  ['passkey_credentials', 'people enrol their passkeys again'],
  ['user_oauth_bindings', 'people sign in with your identity provider again'],
];

/** Looks at a source without making a plan. */
export async function inspectSource(source: LegacySource): Promise<Inspection> {
  const tables = await source.tables();
  const perUsd = quotaPerUsd(await source.options());
  const sums = { users: 0, quota: 0n, deleted: 0n };
  for await (const users of source.users()) {
    for (const { isDeleted, quota } of users) {
      if (isDeleted) sums.deleted += quota;
      else {
        sums.users += 1;
        sums.quota += quota;
      }
    }
  }
  const { product, version, engine, location, snapshotAt } = source;
  return {
    product,
    version,
    engine,
    location,
    snapshot_at: snapshotAt.toISOString(),
    tables,
    balances: { users: sums.users, quota: sums.quota.toString(), usd: usdOf(sums.quota, perUsd), deleted_quota: sums.deleted.toString() },
    not_coming: [
      ...STAY.flatMap(([table, why]) => ((tables[table] ?? 0) > 0 ? [{ what: table, count: tables[table] ?? 0, why }] : [])),
      { what: 'passwords', count: null, why: 'people choose one by an invitation, or sign in with your identity provider' },
      { what: 'running generations', count: null, why: 'they end where they were started' },
    ],
  };
}
