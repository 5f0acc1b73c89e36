import type { BalancePlace, BalanceStore, KnownBalance } from '../../../domain/provider/balance';
import type { SqlPool } from '../connection/pool';

/** One statement decides whose turn it is: of several processes that ask at once, each key goes to one. A shorter time holds at once. */
const CLAIM = `insert into provider_balances as b (provider, key, next_at, every_s)
  select provider, key, now() + make_interval(secs => $2::int), $2::int from json_to_recordset($1::json) as g(provider text, key text)
  order by provider, key
  on conflict (provider, key) do update set next_at = excluded.next_at, every_s = excluded.every_s
    where b.next_at <= now() or b.every_s > excluded.every_s
  returning provider, key`;

const SAVE_TOLD = `update provider_balances set balances = $3::jsonb, at = $4, asked_at = $4, error = null where provider = $1 and key = $2`;
const SAVE_ERROR = 'update provider_balances set error = $3, asked_at = $4 where provider = $1 and key = $2';

const LAST = `select b.provider, b.key, b.balances, b.at, b.asked_at as "askedAt", b.error
  from provider_balances b join providers p on p.name = b.provider
  where b.asked_at is not null and p.enabled and p.disabled_at is null order by b.provider, b.key limit 1000`;

/** Balances in Postgres, shared by all processes. */
export function createBalanceStore(sql: SqlPool): BalanceStore {
  return {
    claimTurns: (places, everyS) => sql.named<BalancePlace>('claim_turns_of_balances', CLAIM, [JSON.stringify(places), everyS]),
    async save({ provider, key }, told, at) {
      if ('error' in told) await sql.query(SAVE_ERROR, [provider, key, told.error, at]);
      else await sql.query(SAVE_TOLD, [provider, key, JSON.stringify(told.balances), at]);
    },
    last: () => sql.query<KnownBalance>(LAST),
  };
}
