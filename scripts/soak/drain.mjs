/** Waits for what runs, and reads the whole truth about every task and campaign once nothing does. */
import { createHash } from 'node:crypto';
import { until } from './wait.mjs';

const AT_ONCE = 8;
/** @param {{ finished_at: string | null }} task */
const isTerminal = (task) => task.finished_at !== null;

/**
 * Runs `work` over a list, some at a time.
 * @template Thing
 * @param {readonly Thing[]} list @param {(one: Thing) => Promise<void>} work
 */
export async function each(list, work) {
  const rest = [...list];
  const hands = Array.from({ length: AT_ONCE }, async () => {
    for (let one = rest.shift(); one !== undefined; one = rest.shift()) await work(one);
  });
  await Promise.all(hands);
}

/** @param {import('./client.mjs').Client} client @returns {import('./types.d.ts').Reader} */
export function createReader(client) {
  /** @typedef {import('./types.d.ts').CallOptions & { withinMs?: number }} Options */

  /** A GET that must be answered. @param {string} path @param {Options} [options] @throws Error with what was said instead */
  async function read(path, options = {}) {
    /** @type {import('./types.d.ts').Answer | undefined} */
    let last;
    const found = await until(
      async () => {
        const answer = await client.call('GET', path, options);
        last = answer;
        return answer.isWhole && answer.status === 200 ? answer : null;
      },
      { withinMs: options.withinMs ?? 30_000, everyMs: 500 },
    );
    if (found === null) throw new Error(`GET ${path} says ${last?.status} ${JSON.stringify(last?.body?.error ?? last?.reason)}`);
    return found;
  }

  /** @param {string} path @param {Options} [options] @returns {Promise<any[]>} */
  async function pages(path, options) {
    /** @type {any[]} */
    const all = [];
    for (let after = ''; ;) {
      const { body } = await read(`${path}${path.includes('?') ? '&' : '?'}limit=100${after}`, options);
      all.push(...body.data);
      if (body.has_more !== true) return all;
      after = `&after=${encodeURIComponent(body.last_id)}`;
    }
  }

  return {
    async tasks() {
      /** @type {any[]} */
      const all = [];
      // Lists have no inputs.
      await each(await pages('/v1/tasks'), async ({ id }) => void all.push((await read(`/v1/tasks/${id}`)).body));
      return all;
    },
    open: async () => (await Promise.all(['queued', 'running'].map((status) => pages(`/v1/tasks?status=${status}`)))).flat(),
    campaign: async (id) => (await read(`/v1/campaigns/${id}`)).body,
    items: (id) => pages(`/v1/campaigns/${id}/items`),
    callbacksOf: async (id) => (await read(`/v1/callbacks?${id.startsWith('camp_') ? 'campaign_id' : 'task_id'}=${id}`)).body.data,
    ledger: async () => (await read('/admin/v1/ledger/verify', { admin: true })).body,
    keys: async () => (await read('/admin/v1/keys?team=sample', { admin: true })).body.data,
    async loggedRequests() {
      const { bytes } = await read('/v1/logs?format=csv', { raw: true });
      const [head = '', ...rows] = bytes.toString('utf8').trimEnd().split('\r\n');
      const column = head.split(',').indexOf('request_id');
      return rows.map((row) => row.split(',')[column] ?? '');
    },
    async digest(path) {
      const { bytes } = await read(path, { raw: true, withinMs: 5_000 });
      return { bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
    },
    /** Looks at every accepted run not yet seen at its end. @returns what is wrong */
    async look() {
      /** @type {string[]} */
      const faults = [];
      const open = [...client.accepted.values()].filter(({ ended }) => ended === null);
      await each(open, async (entry) => {
        const isCampaign = entry.kind === 'campaign';
        const path = `/v1/${isCampaign ? 'campaigns' : 'tasks'}/${entry.id}`;
        /** @type {{ status: number, body?: any }} */
        let last = { status: 0 };
        await until(async () => ((last = await client.call('GET', path)).status === 200 || last.status === 404 ? true : null), {
          withinMs: 10_000,
          everyMs: 500,
        });
        if (last.status === 404) faults.push(`lost: ${entry.kind} ${entry.id} was accepted and is not found`);
        else if (last.status === 200 && isTerminal(last.body)) entry.ended = last.body.status;
      });
      return faults;
    },
  };
}

/**
 * Resolves when all tasks and campaigns have ended.
 * @param {import('./types.d.ts').Reader} reader @param {readonly string[]} campaigns @param {{ withinMs: number }} options
 * @returns the seconds it took and what never ended
 */
export async function drain(reader, campaigns, { withinMs }) {
  const begun = performance.now();
  /** @type {string[]} */
  let open = [];
  const isDone = async () => {
    open = (await reader.open()).map(({ id, type, phase }) => `${id} (${type}, ${phase})`);
    for (const id of campaigns) {
      const { status } = await reader.campaign(id);
      if (!['completed', 'cancelled'].includes(status)) open.push(`${id} (${status})`);
    }
    return open.length === 0;
  };
  await until(isDone, { withinMs, everyMs: 250 });
  return { seconds: (performance.now() - begun) / 1_000, open };
}
