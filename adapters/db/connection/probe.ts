import { within } from '../../../lib/time';
import type { HealthProbe } from '../../../domain/upkeep';
import type { SqlPool } from './pool';

const ANSWER_WITHIN_MS = 2_000;

/** Says whether Postgres answers, and when it does not whether that is for want of a connection of ours. */
export function createPostgresProbe(sql: SqlPool): HealthProbe {
  return {
    name: 'postgres',
    async check() {
      await within(
        ANSWER_WITHIN_MS,
        sql.query('select 1'),
        () => new Error(`no answer within ${String(ANSWER_WITHIN_MS / 1_000)} s${wantOf(sql)}`),
      );
    },
  };
}

/** The question waits its turn like any statement: one that got no connection was behind all that hold one. */
function wantOf(sql: SqlPool): string {
  const { inUse, waiting, max } = sql.connections();
  return inUse < max || waiting === 0
    ? ''
    : `: all ${String(max)} connections of this process (ATELIER_POOL_MAX) are in use and ${String(waiting)} statements wait for one`;
}
