import { useDatabase } from '../support/stack';
import { anAdmission, aSettlement, aTeam, useConnections } from './support';

/**
 * How long admission and settlement of groups of 1, 16 and 64 take, in milliseconds. Not part of the suite:
 * `ATELIER_TEST_SERVICES=postgres npx jest --testMatch '<rootDir>/test/db/bench.ts'` prints the figures. The suite's server does not sync to
 * disk; with DATABASE_URL the figures are those of that (migrated) database.
 */

const SIZES = [1, 16, 64] as const;
const ROUNDS = 400;

const database = useDatabase();
const connections = useConnections(
  {
    get url() {
      return process.env['DATABASE_URL'] ?? database.url;
    },
  },
  ['lane'],
);

function figures(values: readonly number[]): string {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): string => (sorted[Math.floor(sorted.length * share)] ?? 0).toFixed(2);
  return `p50 ${at(0.5)} p99 ${at(0.99)} ms`;
}

it('admits and settles groups and keeps the books', async () => {
  const { tasks, ledger } = connections.lane;
  const team = await aTeam(connections.lane);
  for (const size of SIZES) {
    const admits: number[] = [];
    const settles: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const group = Array.from({ length: size }, () => anAdmission(team));
      const before = performance.now();
      await tasks.admit(group);
      const between = performance.now();
      await tasks.settle(group.map((admission) => aSettlement(admission.task.id)));
      admits.push(between - before);
      settles.push(performance.now() - between);
    }
    process.stdout.write(`group of ${String(size)}: admit ${figures(admits)}, settle ${figures(settles)}\n`);
  }
  expect((await ledger.verify()).problems).toEqual([]);
});
