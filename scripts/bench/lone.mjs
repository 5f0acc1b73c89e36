/** `npm run bench:lone`: what Atelier adds to a chat that comes alone, beside another checkout of it in the same minutes. See docs/benchmarks.md. */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { startInstallation, usageOf } from './installation.mjs';
import { closedLoop, createLoad, openLoop } from './load.mjs';
import { say } from '../lib/say.mjs';

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '10' },
    against: { type: 'string' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
if (options.help) {
  process.stdout.write(
    'npm run bench:lone -- [--rounds 10] [--against FOLDER]\n' +
      'Chats that come alone, in short rounds that take turns: at the provider, through this checkout, and through the one in FOLDER.\n' +
      'What each adds is its median less that of the round at the provider beside it; shown is the median of the rounds.\n',
  );
  process.exit(0);
}

/**
 * @typedef {import('./load.mjs').Load} Load
 * @typedef {{ name: string, installation: Awaited<ReturnType<typeof startInstallation>>, load: Load }} Side
 */

/** @type {readonly { name: string, requests: number, run: (load: Load) => Promise<{ latency: { p50: number }, first: { p50: number }, errors: number }>, first?: true }[]} */
const SCENARIOS = [
  { name: 'chat', requests: 150, run: (load) => closedLoop(150, 1, () => load.chat('mock')) },
  { name: 'chat, provider thinks 50 ms', requests: 30, run: (load) => closedLoop(30, 1, () => load.chat('mock-think-50')) },
  { name: 'chat, open loop 50/s, provider thinks 50 ms', requests: 100, run: (load) => openLoop(50, 2, () => load.chat('mock-think-50')) },
  { name: 'stream, first token', requests: 100, run: (load) => closedLoop(100, 1, () => load.chat('mock', { stream: true })), first: true },
];

/** @param {string} name @param {string} [root] @returns {Promise<Side>} */
async function begin(name, root) {
  const installation = await startInstallation(root === undefined ? {} : { root });
  return { name, installation, load: createLoad(installation.origin, installation.key) };
}

/** @param {readonly number[]} values */
const median = (values) => values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? Number.NaN;

const sides = [await begin('this')];
if (options.against !== undefined) sides.push(await begin('against', resolve(options.against)));
const direct = createLoad(sides[0]?.installation.direct ?? '', 'none');
let failed = 0;
try {
  for (const { load } of sides) await closedLoop(2000, 16, () => load.chat('mock'));
  for (const { name, requests, run, first } of SCENARIOS) {
    /** @type {Map<string, { added: number[], cpu: number[] }>} */
    const taken = new Map(sides.map((side) => [side.name, { added: [], cpu: [] }]));
    for (let round = 0; round < Number(options.rounds); round += 1) {
      // Who begins changes, so that neither always follows the provider's round.
      for (const side of round % 2 === 0 ? sides : sides.toReversed()) {
        const base = await run(direct);
        const before = usageOf(side.installation).cpuSeconds;
        const own = await run(side.load);
        failed += own.errors;
        const field = first === true ? 'first' : 'latency';
        taken.get(side.name)?.added.push(own[field].p50 - base[field].p50);
        taken.get(side.name)?.cpu.push(((usageOf(side.installation).cpuSeconds - before) / requests) * 1000);
      }
    }
    for (const [side, { added, cpu }] of taken) {
      const sorted = added.toSorted((left, right) => left - right);
      say(
        `${name}, ${side}: added p50 ${median(added).toFixed(2)} ms (${(sorted[0] ?? 0).toFixed(2)} to ${(sorted.at(-1) ?? 0).toFixed(2)}), CPU ${median(cpu).toFixed(2)} s/1,000`,
      );
    }
  }
  for (const { name, installation } of sides) {
    const report = installation.verify();
    if (!report.ok) failed += 1;
    say(`${name}: ledger ${report.ok ? 'right' : JSON.stringify(report.problems)}`);
  }
  if (failed > 0) process.exitCode = 1;
} finally {
  await Promise.all([direct.close(), ...sides.map(({ load }) => load.close())]);
  for (const { installation } of sides) await installation.stop();
}
