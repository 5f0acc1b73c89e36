import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ensureBuilt } from '../support/build';

const run = promisify(execFile);
const ROOT = join(__dirname, '../..');
/** Worker, all at once, Postgres, api before Postgres is back, S3: see `planKills`. */
const SEED = '6';

beforeAll(() => ensureBuilt(), 120_000);

test('five kills under a mixed load lose nothing, double nothing and leave the books exact', async () => {
  const options = ['--seed', SEED, '--kills', '5', '--minutes', '2', '--rate', '0.4', '--json'];
  // What is wrong stands in the report; without a report the error of the process is what to read.
  const { stdout } = await run(process.execPath, [join(ROOT, 'scripts/soak/run.mjs'), ...options], {
    env: { ...process.env, ATELIER_TEST_BUILD: 'never' },
    maxBuffer: 16 * 1024 * 1024,
  }).catch((error: unknown) => {
    const { stdout: said } = error as { readonly stdout?: string };
    if (said === undefined || said === '') throw error;
    return { stdout: said };
  });
  const report = JSON.parse(stdout);

  expect({ lost: report.lost, double: report.double, other: report.other_faults }).toEqual({ lost: [], double: [], other: [] });
  expect(report).toMatchObject({ ok: true, kills: { total: 5 }, ledger: { ok: true, open_reservations: 0, difference_micro_usd: 0 } });
  // The load was one: every kind of generation, files and callbacks were among it.
  expect(report.runs.total).toBeGreaterThan(40);
  expect(report.campaigns.items).toBeGreaterThan(0);
  expect(report.assets.read).toBeGreaterThan(10);
  expect(report.callbacks.events).toBeGreaterThan(10);
}, 400_000);
