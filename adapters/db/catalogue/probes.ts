import type { LastProbe, ProbeStore } from '../../../domain/provider/probe';
import type { SqlPool } from '../connection/pool';

/** One statement decides whose turn it is: of several processes that ask at once, each provider goes to one. A shorter time holds at once. */
const CLAIM = `insert into provider_probes as p (provider, next_at, every_s)
  select provider, now() + make_interval(secs => every_s), every_s from json_to_recordset($1::json) as g(provider text, every_s int) order by provider
  on conflict (provider) do update set next_at = excluded.next_at, every_s = excluded.every_s
    where p.next_at <= now() or p.every_s > excluded.every_s
  returning provider`;

const SAVE = `update provider_probes set at = $2, ok = $3, message = $4, duration_ms = $5, cost = $6, total_cost = total_cost + $6
  where provider = $1`;

interface LastRow {
  readonly provider: string;
  readonly at: Date;
  readonly ok: boolean;
  readonly message: string;
  readonly duration_ms: number;
  readonly cost: bigint;
  readonly total_cost: bigint;
}

const LAST = 'select provider, at, ok, message, duration_ms, cost, total_cost from provider_probes where at is not null';

/** Probes in Postgres, shared by all processes. */
export function createProbeStore(sql: SqlPool): ProbeStore {
  return {
    async claimTurns(wanted) {
      const rows = wanted.map(({ provider, everyS }) => ({ provider, every_s: everyS }));
      const claimed = await sql.named<{ provider: string }>('claim_turns_of_probes', CLAIM, [JSON.stringify(rows)]);
      return new Set(claimed.map(({ provider }) => provider));
    },
    async save(provider, { at, ok, message, durationMs, costMicroUsd }) {
      await sql.query(SAVE, [provider, at, ok, message, durationMs, costMicroUsd]);
    },
    async last() {
      const rows = await sql.query<LastRow>(LAST);
      return new Map(
        rows.map(({ provider, duration_ms, cost, total_cost, ...row }): [string, LastProbe] => [
          provider,
          { ...row, durationMs: duration_ms, costMicroUsd: cost, totalMicroUsd: total_cost },
        ]),
      );
    },
  };
}
