/**
 * How long admission and settlement of groups take: `npx tsx`-free, so build or transpile it first, then run it with DATABASE_URL of a
 * migrated database. Not part of the suite. Prints milliseconds of both calls for groups of 1, 16 and 64.
 */
import { createDatabase } from '../../adapters/db';
import { anAdmission, aSettlement, aTeam } from './support';

const SIZES = [1, 16, 64] as const;
const ROUNDS = 400;

function percentile(values: readonly number[], share: number): string {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[Math.floor(sorted.length * share)] ?? 0).toFixed(2);
}

async function main(): Promise<void> {
  const database = createDatabase({ url: process.env['DATABASE_URL'] ?? '', poolMax: 4, applicationName: 'bench' });
  const team = await aTeam(database);
  for (const size of SIZES) {
    const admits: number[] = [];
    const settles: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const group = Array.from({ length: size }, () => anAdmission(team, { reserveMicroUsd: 100n }));
      const before = performance.now();
      await database.tasks.admit(group);
      const between = performance.now();
      await database.tasks.settle(group.map((admission) => aSettlement(admission.task.id, { actualMicroUsd: 7n })));
      admits.push(between - before);
      settles.push(performance.now() - between);
    }
    process.stdout.write(
      `group of ${String(size)}: admit p50 ${percentile(admits, 0.5)} p99 ${percentile(admits, 0.99)} ms, ` +
        `settle p50 ${percentile(settles, 0.5)} p99 ${percentile(settles, 0.99)} ms\n`,
    );
  }
  process.stdout.write(`books ok: ${String((await database.ledger.verify()).ok)}\n`);
  await database.close();
}

void main();
