import type { HealthProbe } from '../../domain/stores';
import type { SqlPool } from './pool';

const ANSWER_WITHIN_MS = 2_000;

/** Says whether Postgres answers. */
export function createPostgresProbe(sql: SqlPool): HealthProbe {
  return {
    name: 'postgres',
    async check() {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<never>((_, reject) => {
        timer = setTimeout(() => {
          reject(new Error(`Postgres did not answer within ${String(ANSWER_WITHIN_MS)} ms.`));
        }, ANSWER_WITHIN_MS);
      });
      try {
        await Promise.race([sql.query('select 1'), late]);
      } finally {
        clearTimeout(timer);
      }
    },
  };
}
