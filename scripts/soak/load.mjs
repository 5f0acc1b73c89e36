/** A mixed load at a modest rate: every kind of generation, one after the other of each kind, by users who pay no attention to what breaks. */
import { createRandom } from './random.mjs';
import { pause, until } from './wait.mjs';

/** Between two requests of a kind, in milliseconds at rate 1. */
const EVERY_MS = {
  chat: 200,
  stream: 400,
  text: 400,
  image: 500,
  images: 500,
  video: 500,
  cancel: 1_500,
  replay: 1_500,
  campaign: 500,
  refused: 1_000,
};

const LOOK_EVERY_MS = 500;
/** Of each kind of task: users who see that nothing comes back do not go on for ever. */
const MOST_OPEN = 20;
/** @param {string} prompt */
const messages = (prompt) => [{ role: 'user', content: prompt }];
/** @param {import('./types.d.ts').Answer} answer */
const isDone = ({ bytes }) => bytes.toString('utf8').includes('[DONE]');

/**
 * @typedef {keyof typeof EVERY_MS} Kind
 * @typedef {{ prompt: string, key: string, random: import('./random.mjs').Random }} Order
 * @typedef {ReturnType<typeof startLoad>} Load
 */

/**
 * @param {import('./client.mjs').Client} client
 * @param {{ seed: number, rate: number, callbacks: string }} options - `callbacks`: the URL of the caller's receiver
 */
export function startLoad(client, { seed, rate, callbacks }) {
  const stopping = new AbortController();
  /** @type {string[]} */
  const replays = [];
  /** @type {string[]} */
  const campaigns = [];
  let sent = 0;

  /** @param {string} prompt */
  const video = (prompt) => ({
    type: 'video',
    model: 'video',
    input: { prompt },
    output: { duration_s: 4 },
    callback_url: callbacks,
    metadata: { kind: 'video' },
  });

  /** @type {Record<Kind, (order: Order) => Promise<unknown>>} */
  const kinds = {
    chat: ({ prompt }) =>
      client.once('chat', '/v1/chat/completions', { model: 'text', messages: messages(prompt) }, ({ body }) => body?.choices?.length === 1),
    stream: ({ prompt }) =>
      client.once('stream', '/v1/chat/completions', { model: 'text', messages: messages(prompt), stream: true }, isDone),
    refused: ({ prompt }) =>
      client.once('refused', '/v1/chat/completions', { model: 'no-such-model', messages: messages(prompt) }, () => false),
    text: ({ prompt, key }) =>
      client.surely('text', '/v1/tasks', { type: 'text', model: 'text', input: { prompt }, callback_url: callbacks }, { key }),
    image: ({ prompt, key }) =>
      client.surely('image', '/v1/images/generations', { model: 'image', prompt }, { key, idOf: ({ runId }) => runId }),
    images: ({ prompt, key, random }) => {
      const body = { type: 'image', model: 'image', input: { prompt }, output: { n: random.between(1, 3) }, callback_url: callbacks };
      return client.surely('images', '/v1/tasks', body, { key });
    },
    video: ({ prompt, key }) => client.surely('video', '/v1/tasks', video(prompt), { key }),
    async cancel({ prompt, key, random }) {
      const id = await client.surely('cancel', '/v1/tasks', video(prompt), { key });
      if (id === null) return;
      await pause(random.between(0, 2_500));
      await until(async () => (await client.call('POST', `/v1/tasks/${id}/cancel`)).status === 200, { withinMs: 60_000, everyMs: 500 });
    },
    async replay({ key, random }) {
      const ended = [...client.accepted.values()].filter((entry) => entry.kind !== 'campaign' && entry.ended !== null);
      if (ended.length === 0) return;
      const { id } = random.pick(ended);
      replays.push(id);
      await client.surely('replay', `/v1/tasks/${id}/replay`, { callback_url: callbacks }, { key });
    },
    async campaign({ prompt, key, random }) {
      const items = Array.from({ length: random.between(8, 20) }, (_, index) => ({
        key: `item-${index}`,
        input: { prompt: `${prompt} item ${index}` },
      }));
      const body = { name: prompt, defaults: { type: 'image', model: 'image' }, items, concurrency: 4, callback_url: callbacks };
      const id = await client.surely('campaign', '/v1/campaigns', body, { key });
      if (id === null) return;
      campaigns.push(id);
      const look = async () =>
        stopping.signal.aborted || ['completed', 'cancelled'].includes((await client.call('GET', `/v1/campaigns/${id}`)).body?.status);
      await until(look, { withinMs: 600_000, everyMs: LOOK_EVERY_MS });
    },
  };

  const loops = /** @type {Kind[]} */ (Object.keys(kinds)).map(async (kind, place) => {
    const random = createRandom(seed * 31 + place);
    /** @type {string[]} */
    const open = [];
    for (let number = 1; !stopping.signal.aborted; number += 1) {
      sent += 1;
      const id = await kinds[kind]({ prompt: `${kind} ${number} of ${seed}`, key: `soak-${seed}-${kind}-${number}`, random });
      if (typeof id === 'string') open.push(id);
      while (open.length >= MOST_OPEN && !stopping.signal.aborted) {
        const { body } = await client.call('GET', `/v1/tasks/${open[0]}`);
        if (typeof body?.finished_at === 'string') open.shift();
        else await pause(LOOK_EVERY_MS);
      }
      await pause((EVERY_MS[kind] / rate) * (0.5 + random.next()), undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  });

  return {
    replays,
    campaigns,
    sent: () => sent,
    /** Sends nothing new; resolves when it is known what became of all that was sent. */
    async stop() {
      stopping.abort();
      await Promise.all(loops);
    },
  };
}
