/** The kills of a soak, all chosen by the seed before the first one. */
import { createRandom } from './random.mjs';
import { PARTS } from './processes.mjs';
import { pause, until } from './wait.mjs';

/** @typedef {import('./processes.mjs').Part | 'all'} Target */

const BACK_MS = 150_000;
/**
 * @template Thing
 * @param {readonly Thing[]} list @param {import('./random.mjs').Random} random
 */
const shuffled = (list, random) =>
  list
    .map((item) => ({ item, at: random.next() }))
    .toSorted((left, right) => left.at - right.at)
    .map(({ item }) => item);

/** Every part, and all at once, as often as any other, in an order by chance; one in five is killed before the earlier one is back. @param {number} seed @param {number} count @param {{ least: number, most: number }} pauses - in ms */
export function planKills(seed, count, pauses = { least: 1_500, most: 6_000 }) {
  const random = createRandom(seed);
  /** @type {Target[]} */
  const targets = [];
  while (targets.length < count) targets.push(...shuffled(/** @type {readonly Target[]} */ ([...PARTS, 'all']), random));
  return targets
    .slice(0, count)
    .map((target) => ({ target, afterMs: random.between(pauses.least, pauses.most), isBeforeRecovery: random.chance(0.2) }));
}

/**
 * Carries the plan out. `check` runs after each recovery.
 * @param {ReturnType<typeof planKills>} plan
 * @param {import('./installation.mjs').Installation} installation
 * @param {{ endsAt: number, say: (line: string) => void, check: () => Promise<void> }} options
 * @returns {Promise<import('./types.d.ts').Kills>} what was killed, and how long each recovery took
 */
export async function carryOut(plan, installation, { endsAt, say, check }) {
  /** @type {{ target: Target, parts: string[] }[]} */
  const killed = [];
  /** @type {{ targets: Target[], seconds: number }[]} */
  const recoveries = [];
  /** @type {string[]} */
  const faults = [];
  /** @type {Record<string, number>} */
  let victims = {};
  /** @type {number | null} */
  let downSince = null;

  /** @param {Target[]} targets */
  async function recover(targets) {
    if (downSince === null) return;
    const isBack = await until(() => installation.isBack(victims), { withinMs: BACK_MS });
    const seconds = (performance.now() - downSince) / 1_000;
    recoveries.push({ targets, seconds });
    if (isBack === null)
      faults.push(
        `not ready ${BACK_MS / 1_000} s after a kill of ${targets.join(', ')}: ${JSON.stringify(await installation.readiness())}`,
      );
    say(`  ready again after ${seconds.toFixed(1)} s`);
    [victims, downSince] = [{}, null];
    await check();
  }

  /** @type {Target[]} */
  let targets = [];
  for (const [index, { target, afterMs, isBeforeRecovery }] of plan.entries()) {
    if (Date.now() >= endsAt) break;
    if (!isBeforeRecovery) {
      await recover(targets);
      targets = [];
    }
    await pause(isBeforeRecovery ? Math.min(afterMs, 2_000) : afterMs);
    const gone = installation.kill(target === 'all' ? PARTS : [target]);
    downSince ??= performance.now();
    Object.assign(victims, gone);
    targets.push(target);
    killed.push({ target, parts: Object.keys(gone) });
    say(`kill ${index + 1}: ${target}${Object.keys(gone).length === 0 ? ' (is down already)' : ''}`);
  }
  await recover(targets);
  return { killed, recoveries, faults };
}
