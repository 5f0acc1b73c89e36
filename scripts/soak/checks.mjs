/** What must hold of all runs together once the load is drained. Every fault names the ids it is about. */
import { built } from '../lib/built.mjs';
import { messageOf } from '../lib/failure.mjs';
import { each } from './drain.mjs';
import { until } from './wait.mjs';

const CALLBACKS_WITHIN_MS = 90_000;
/** With a failure of their own: the call or its answer went down with a process. */
/** @type {ReadonlySet<unknown>} */
const EXPECTED_FAILURES = new Set(['outcome_unknown', 'stream_interrupted', 'cancelled']);
/** The provider refuses what this one is asked for. */
const REFUSED_MODEL = 'broken';

/** @param {import('./types.d.ts').Task} task @returns {string} */
const promptOf = ({ input }) => input?.prompt ?? input?.messages?.at(-1)?.content ?? '';
/** What an attempt is known by at the provider. @param {import('./types.d.ts').Task} task @param {number} n @returns {string} */
const keyOf = ({ id, campaign_id: campaignId }, n) =>
  built('domain/campaign/item-task').operationKeyOf({ id, campaignId: campaignId ?? null }, n);
/** @param {string} usd */
const micro = (usd) => BigInt(Math.round(Number(usd) * 1_000_000));

/** Every accepted run is there and ended as it was said to. @param {Pick<import('./types.d.ts').Facts, 'tasks' | 'accepted' | 'faults'>} facts */
export function checkRuns({ tasks, accepted, faults }) {
  const byId = new Map(tasks.map((task) => [task.id, task]));
  for (const { id, kind, ended, isServed } of accepted.values()) {
    if (kind === 'campaign') continue;
    const task = byId.get(id);
    if (task === undefined) faults.lost.push(`${kind} ${id} was accepted and is not among the tasks`);
    else if (ended !== null && ended !== task.status) faults.other.push(`${kind} ${id} had ended as ${ended} and is ${task.status} now`);
    else if (isServed === true && task.status !== 'succeeded') faults.other.push(`${kind} ${id} was answered whole and is ${task.status}`);
  }
  for (const { id, type, model, status, progress, cost, error, outputs, output } of tasks) {
    if (status === 'succeeded' && progress !== 1) faults.other.push(`${id} succeeded with progress ${progress}`);
    if (status === 'succeeded' && type !== 'text' && outputs.length !== (output.n ?? 1))
      faults.lost.push(`${id} succeeded with ${outputs.length} of ${output.n ?? 1} outputs`);
    if (cost.reserved !== '0' || cost.settled_at === null) faults.other.push(`${id} (${status}) still holds ${cost.reserved} USD`);
    const isRefused = model === REFUSED_MODEL && error?.code === 'provider_rejected';
    if (status === 'failed' && !isRefused && !EXPECTED_FAILURES.has(error?.code))
      faults.other.push(`${id} (${type}) failed with ${error?.code}: ${error?.message}`);
  }
}

/**
 * No request became two runs, and no attempt two calls.
 * @param {Pick<import('./types.d.ts').Facts, 'tasks' | 'replays' | 'counts' | 'faults'>} facts
 * @returns how often the text of a background run was asked for again
 */
export function checkCreates({ tasks, replays, counts, faults }) {
  /** @type {Map<string, string[]>} */
  const firsts = new Map();
  /** @type {Map<string, string[]>} */
  const replaysOf = new Map();
  for (const task of tasks) {
    const [map, name] = task.replay_of === null ? [firsts, promptOf(task)] : [replaysOf, task.replay_of];
    map.set(name, [...(map.get(name) ?? []), task.id]);
  }
  for (const [prompt, ids] of firsts) if (ids.length > 1) faults.double.push(`"${prompt}" became ${ids.join(' and ')}`);
  for (const [id, ids] of replaysOf) {
    const asked = replays.filter((one) => one === id).length;
    if (ids.length > asked) faults.double.push(`${id} was replayed ${asked} times and became ${ids.join(' and ')}`);
  }
  let again = 0;
  const byKey = new Map(tasks.flatMap((task) => task.routing.attempts.map(({ n }) => [keyOf(task, n), task])));
  for (const [key, creates] of Object.entries(counts.createsByKey)) {
    const task = byKey.get(key);
    if (task === undefined) {
      faults.double.push(`the provider was asked for ${key} (${creates} times), which is no attempt of any task`);
    } else if (creates > 1) {
      const isWaitedFor = task.replay_of === null && /^(chat|stream) /.test(promptOf(task));
      if (task.type === 'text' && !isWaitedFor) again += creates - 1;
      else faults.double.push(`the provider was asked ${creates} times for ${key} (${task.type}, ${task.status})`);
    }
  }
  for (const task of tasks) {
    const { id, status, replay_of, routing } = task;
    const isBought = routing.attempts.some(({ n }) => counts.createsByKey[keyOf(task, n)] !== undefined);
    if (status === 'succeeded' && replay_of === null && !isBought) faults.other.push(`${id} succeeded and the provider was never asked`);
  }
  return again;
}

/**
 * The books are exact and agree with the tasks.
 * @param {Pick<import('./types.d.ts').Facts, 'tasks' | 'reader' | 'faults'>} facts
 * @returns the difference in micro-US-dollars
 */
export async function checkLedger({ tasks, reader, faults }) {
  const verified = await reader.ledger();
  const spent = (await reader.keys()).reduce((sum, { spent_usd }) => sum + micro(spent_usd), 0n);
  const charged = tasks.reduce((sum, { cost }) => sum + micro(cost.actual ?? '0'), 0n);
  if (!verified.ok) faults.other.push(`the ledger does not verify: ${JSON.stringify(verified.problems).slice(0, 2_000)}`);
  if (verified.open_reservations !== 0) faults.other.push(`${verified.open_reservations} reservations are open and no task is`);
  if (spent !== charged) faults.other.push(`the keys spent ${spent} and the tasks cost ${charged} micro-US-dollars`);
  return { ...verified, difference_micro_usd: Number(spent - charged) };
}

/** Every request that named a model and was answered is in the call log, once. @param {Pick<import('./types.d.ts').Facts, 'requests' | 'reader' | 'faults'>} facts @returns how many were */
export async function checkCalls({ requests, reader, faults }) {
  const logged = (await reader.loggedRequests()).filter((id) => id !== '');
  const known = new Set(logged);
  for (const [id, what] of requests) if (!known.has(id)) faults.lost.push(`the request ${id} (${what}) is not in the call log`);
  if (known.size < logged.length) faults.double.push(`${logged.length - known.size} requests are in the call log more than once`);
  return requests.size;
}

/** Every output can be read and is what its task says. @param {Pick<import('./types.d.ts').Facts, 'tasks' | 'reader' | 'faults'>} facts @returns how many were */
export async function checkAssets({ tasks, reader, faults }) {
  const outputs = tasks.flatMap(({ id, outputs: list }) => list.map((output, n) => ({ id, n, output })));
  await each(outputs, async ({ id, n, output }) => {
    try {
      const found = await reader.digest(`/v1/tasks/${id}/outputs/${n}/content`);
      if (found.sha256 !== output.sha256 || found.bytes !== output.bytes)
        faults.lost.push(
          `output ${n} of ${id} (${output.id}) has ${found.bytes} bytes ${found.sha256} instead of ${output.bytes} bytes ${output.sha256}`,
        );
    } catch (error) {
      faults.lost.push(`output ${n} of ${id} (${output.id}): ${messageOf(error)}`);
    }
  });
  return outputs.length;
}

/**
 * Every ended run with a callback_url told its end, under one id.
 * @param {Pick<import('./types.d.ts').Facts, 'tasks' | 'campaigns' | 'receiver' | 'reader' | 'faults' | 'callbacksWithinMs'>} facts
 * @returns how many events came, and how many of them more than once
 */
export async function checkCallbacks({ tasks, campaigns, receiver, reader, faults, callbacksWithinMs = CALLBACKS_WITHIN_MS }) {
  const wanted = [
    ...tasks.filter(({ callback_url }) => callback_url !== null).map(({ id, status }) => ({ id, type: `task.${status}` })),
    ...campaigns.map(({ id, status }) => ({ id, type: `campaign.${status}` })),
  ];
  /** @param {string} id */
  const taken = (id) => receiver.events.get(id)?.taken ?? [];
  await until(() => wanted.every(({ id }) => taken(id).length > 0), { withinMs: callbacksWithinMs, everyMs: 250 });
  let repeated = 0;
  for (const { id, type } of wanted) {
    const ids = new Set(taken(id).map((delivery) => delivery.id));
    if (ids.size === 0)
      faults.lost.push(`the callback of ${id} (${type}) did not come: ${JSON.stringify(await reader.callbacksOf(id)).slice(0, 600)}`);
    if (ids.size > 1) faults.double.push(`the callback of ${id} came as ${[...ids].join(' and ')}`);
    if (taken(id).some((delivery) => delivery.type !== type))
      faults.other.push(`the callback of ${id} said ${taken(id)[0]?.type}, it is ${type}`);
    repeated += Math.max(0, taken(id).length - 1);
  }
  const known = new Set(wanted.map(({ id }) => id));
  for (const id of receiver.events.keys()) if (!known.has(id)) faults.double.push(`a callback came for ${id}, which wants none`);
  faults.other.push(...receiver.faults);
  return { events: wanted.length, repeated };
}

/** A campaign's counts, its items and its tasks agree. @param {Pick<import('./types.d.ts').Facts, 'tasks' | 'campaigns' | 'reader' | 'faults'>} facts */
export async function checkCampaigns({ tasks, campaigns, reader, faults }) {
  for (const { id, status, counts, cost } of campaigns) {
    const { total, ...parts } = counts;
    const items = await reader.items(id);
    const own = tasks.filter(({ campaign_id }) => campaign_id === id);
    const succeeded = items.filter((item) => item.status === 'succeeded').length;
    const actual = own.reduce((sum, task) => sum + micro(task.cost.actual ?? '0'), 0n);
    if (status !== 'completed') faults.other.push(`${id} is ${status}`);
    if (Object.values(parts).reduce((sum, count) => sum + count, 0) !== total || items.length !== total || counts.succeeded !== succeeded)
      faults.other.push(`${id}: ${JSON.stringify(counts)} and ${items.length} items, ${succeeded} of them succeeded`);
    const named = new Set(items.map(({ task_id }) => task_id)).size;
    if (own.length !== total || named !== total)
      faults.double.push(`${id} has ${own.length} tasks for ${total} items, which name ${named}`);
    if (micro(cost.actual) !== actual) faults.other.push(`${id} cost ${cost.actual} USD, its tasks ${actual} micro-US-dollars`);
  }
}
