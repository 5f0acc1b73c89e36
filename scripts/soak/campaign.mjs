/** The load of `--campaign`: one campaign of images, of which one in twenty fails at the provider. */
import { until } from './wait.mjs';

/** One in so many items fails. */
const FAILS_EVERY = 20;
const LOOK_EVERY_MS = 2_000;
const SAY_EVERY_MS = 30_000;
/** A campaign that ends nothing for so long is stuck. */
const STUCK_MS = 180_000;

/** Kills come so far apart that they are spread over the campaign. */
export const CAMPAIGN_PAUSES_MS = { least: 3_000, most: 20_000 };

/**
 * @param {import('./client.mjs').Client} client
 * @param {{ seed: number, items: number, callbacks: string, say: (line: string) => void }} options - `callbacks`: the URL of the caller's receiver
 * @returns {Promise<import('./load.mjs').Load>} `stop` resolves when the campaign has ended, or does not go on
 */
export async function startCampaignLoad(client, { seed, items, callbacks, say }) {
  const body = {
    name: `soak ${seed}`,
    defaults: { type: 'image' },
    items: Array.from({ length: items }, (_, index) => ({
      key: `item-${index}`,
      model: index % FAILS_EVERY === FAILS_EVERY - 1 ? 'broken' : 'image',
      input: { prompt: `item ${index} of ${seed}` },
    })),
    concurrency: 40,
    callback_url: callbacks,
  };
  const id = await client.surely('campaign', '/v1/campaigns', body, { key: `soak-${seed}` });
  if (id === null) throw new Error('The campaign was not accepted.');
  let last = { ended: -1, atMs: performance.now() };
  let saidAtMs = performance.now();

  /** It has ended, or nothing of it has for long. */
  async function isOver() {
    const { status, body: campaign } = await client.call('GET', `/v1/campaigns/${id}`);
    const now = performance.now();
    if (status === 200) {
      const { succeeded, failed, cancelled, total } = campaign.counts;
      const ended = succeeded + failed + cancelled;
      if (ended !== last.ended) last = { ended, atMs: now };
      if (now - saidAtMs > SAY_EVERY_MS) {
        saidAtMs = now;
        say(`  ${ended} of ${total} items have ended`);
      }
      if (['completed', 'cancelled'].includes(campaign.status)) return true;
    }
    return now - last.atMs > STUCK_MS;
  }

  return {
    replays: [],
    campaigns: [id],
    sent: () => 1,
    stop: async () => void (await until(isOver, { withinMs: Infinity, everyMs: LOOK_EVERY_MS })),
  };
}
