/** `npm run bench`: what Atelier adds to a provider that answers at once, with accounting on. See docs/benchmarks.md. */
import { parseArgs } from 'node:util';
import { fill } from './fill.mjs';
import { startInstallation, usageOf } from './installation.mjs';
import { closedLoop, createLoad, openLoop } from './load.mjs';
import { say } from '../lib/say.mjs';
import { spread } from './spread.mjs';

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    json: { type: 'boolean', default: false },
    fill: { type: 'string', default: '0' },
    home: { type: 'string' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
if (options.help) {
  process.stdout.write(
    'npm run bench -- [--rounds 3] [--json] [--fill 5000000] [--home FOLDER]\n' +
      'Starts a mock provider and an installation of its own on loopback, measures, verifies the ledger, stops.\n' +
      '--fill loads so many ended generations first (about 3 kB and 0.07 ms each); --home uses and keeps an installation, for further runs.\n',
  );
  process.exit(0);
}
const rounds = Number(options.rounds);
const installation = await startInstallation(options.home === undefined ? {} : { home: options.home });
const direct = createLoad(installation.direct, 'none');
const through = createLoad(installation.origin, installation.key);

/**
 * @typedef {import('./load.mjs').Load} Load
 * @typedef {Awaited<ReturnType<typeof closedLoop>>} Closed
 * @typedef {Omit<Closed, 'firstError' | 'perSecond' | 'seconds'> & Partial<Closed>} Loop
 * @typedef {{ base: Loop, own: Loop, cpuPer1000: number }} Round
 */

/** @type {readonly { name: string, run: (load: Load) => Promise<Loop>, first?: true }[]} */
const SCENARIOS = [
  { name: 'chat, concurrency 1', run: (load) => closedLoop(300, 1, () => load.chat('mock')) },
  { name: 'chat, concurrency 16', run: (load) => closedLoop(2000, 16, () => load.chat('mock')) },
  { name: 'chat, concurrency 1, 50 ms think time', run: (load) => closedLoop(60, 1, () => load.chat('mock-think-50')) },
  { name: 'chat, concurrency 16, 50 ms think time', run: (load) => closedLoop(800, 16, () => load.chat('mock-think-50')) },
  { name: 'chat, open loop 50/s, 50 ms think time', run: (load) => openLoop(50, 6, () => load.chat('mock-think-50')) },
  { name: 'chat, concurrency 32', run: (load) => closedLoop(5000, 32, () => load.chat('mock')) },
  { name: 'stream, concurrency 1', run: (load) => closedLoop(200, 1, () => load.chat('mock', { stream: true })), first: true },
];

const report = [];
try {
  if (Number(options.fill) > 0) say(`filled in ${(await fill(installation.databaseUrl, Number(options.fill), say)).toFixed(0)} s`);
  say('warming up');
  await closedLoop(3000, 32, () => through.chat('mock'));
  for (const scenario of SCENARIOS) {
    /** @type {Round[]} */
    const taken = [];
    for (let round = 0; round < rounds; round += 1) {
      const base = await scenario.run(direct);
      const before = usageOf(installation).cpuSeconds;
      const own = await scenario.run(through);
      const requests = own.perSecond === undefined || own.seconds === undefined ? 300 : own.perSecond * own.seconds;
      taken.push({ base, own, cpuPer1000: ((usageOf(installation).cpuSeconds - before) / requests) * 1000 });
    }
    /** @param {(round: Round) => number} pick */
    const of = (pick) => taken.map(pick);
    const field = scenario.first === true ? 'first' : 'latency';
    const last = {
      scenario: scenario.name,
      added_p50_ms: of((entry) => entry.own[field].p50 - entry.base[field].p50),
      p99_ms: of((entry) => entry.own[field].p99),
      per_second: of((entry) => entry.own.perSecond ?? 50),
      cpu_s_per_1000: of((entry) => entry.cpuPer1000),
      errors: taken.reduce((sum, entry) => sum + entry.own.errors, 0),
    };
    report.push(last);
    say(
      `${scenario.name}: added p50 ${spread(last.added_p50_ms, 2)} ms, p99 ${spread(last.p99_ms, 2)} ms, ${spread(last.per_second, 2)} /s, CPU ${spread(last.cpu_s_per_1000, 2)} s/1,000, ${last.errors} errors`,
    );
  }
  const { megabytes, parts } = usageOf(installation);
  const ledger = installation.verify();
  say(
    `memory of all processes: ${megabytes.toFixed(0)} MB (${Object.entries(parts)
      .map(([name, part]) => `${name} ${part.megabytes.toFixed(0)}`)
      .join(', ')})`,
  );
  say(`ledger verify: ${JSON.stringify(ledger)}`);
  if (options.json) process.stdout.write(`${JSON.stringify({ rounds, report, megabytes, parts, ledger }, null, 2)}\n`);
  if (!ledger.ok || report.some((entry) => entry.errors > 0)) process.exitCode = 1;
} finally {
  await Promise.all([direct.close(), through.close()]);
  await installation.stop();
}
