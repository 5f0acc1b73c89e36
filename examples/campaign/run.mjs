/**
 * Twelve products become twelve images, and each image a short video: two campaigns on the sandbox, which is free. One image is
 * sent to a model that always fails, so that there is something to run again. A receiver checks the signed callbacks. In the second
 * act the best image becomes a template, and a spreadsheet of twelve rows the next campaign.
 *
 *   npm start                     # in another terminal
 *   npm run example:campaign
 */
import { mkdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createApi } from './lib/api.mjs';
import { findInstallation } from './lib/installation.mjs';
import { startReceiver } from './lib/receiver.mjs';
import { secondAct } from './lib/second-act.mjs';

/**
 * @typedef {import('./lib/api.mjs').Api} Api
 * @typedef {import('./lib/receiver.mjs').Receiver} Receiver
 * @typedef {{ sku: string, name: string, look: string }} Product
 */

const PRODUCTS = join(import.meta.dirname, 'products.jsonl');
const UNLUCKY = 'tart';
const BEST = 'bread';
const MODELS = { image: 'sandbox-image', down: 'sandbox-image-down', video: 'sandbox-video' };

async function main() {
  const installation = await findInstallation();
  const api = createApi(installation);
  await expectModels(api);
  /** @type {Product[]} */
  const products = (await readFile(PRODUCTS, 'utf8'))
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  const folder = resolve(process.env.EXAMPLE_OUT || 'example-campaign');
  await mkdir(folder, { recursive: true });
  const receiver = await startReceiver(installation.secret);
  try {
    const { assets, best } = await makeImages(api, receiver, products, folder);
    await makeVideos(api, receiver, products, assets, folder);
    const zip = await secondAct(api, best, folder, (campaign) => show(api, campaign));
    console.log(`   ${zip} holds its images.`);
  } finally {
    receiver.close();
  }
  console.log(
    `\nDone: ${products.length} images (.png), ${products.length} videos (.mp4) and the ZIP of the spreadsheet lie in\n  ${folder}`,
  );
}

/**
 * The first campaign: an image of each product. Gives the asset of each image, by product, and the task of the one that people liked
 * best.
 * @param {Api} api @param {Receiver} receiver @param {readonly Product[]} products @param {string} folder
 */
async function makeImages(api, receiver, products, folder) {
  console.log(`1. A campaign of ${products.length} images; one of them is sent to a model that fails.`);
  const campaign = await api.createCampaign(
    {
      name: 'Bakery images',
      defaults: { type: 'image', model: MODELS.image, output: { size: '512x512' } },
      concurrency: 4,
      callback_url: receiver.url,
    },
    products.map(({ sku, look }) => ({
      key: sku,
      input: { prompt: `Product photo on a blue table: ${look}` },
      metadata: { sku },
      ...(sku === UNLUCKY ? { model: MODELS.down } : {}),
    })),
  );
  await finish(api, receiver, campaign);
  const items = await api.items(campaign.id);
  /** @type {Map<string, string>} */
  const assets = new Map();
  for (const item of items.filter(({ status }) => status === 'succeeded')) {
    assets.set(item.key, item.outputs[0]?.id ?? '');
    await api.download(`/tasks/${item.task_id}/outputs/0/content`, join(folder, `${item.key}.png`));
  }
  for (const item of items.filter(({ status }) => status === 'failed')) {
    assets.set(item.key, await runAgain(api, receiver, item, folder));
  }
  const look = products.find(({ sku }) => sku === BEST)?.look ?? '';
  return { assets, best: { taskId: items.find(({ key }) => key === BEST)?.task_id ?? '', look } };
}

/**
 * A failed task is run again on another model: its stored input is taken, the product is not sent again.
 * @param {Api} api @param {Receiver} receiver @param {import('./lib/api.mjs').Item} item @param {string} folder
 */
async function runAgain(api, receiver, item, folder) {
  console.log(`2. The item "${item.key}" failed (${item.error?.code}): it is run again on ${MODELS.image}.`);
  const replay = await api.post(`/tasks/${item.task_id}/replay`, { overrides: { model: MODELS.image }, callback_url: receiver.url });
  const { data: task } = await receiver.wait('task.succeeded', replay.id);
  console.log(`   ${task.id} is the replay of ${task.replay_of}: ${task.status}; the signature of its callback is right.`);
  await api.download(`/tasks/${task.id}/outputs/0/content`, join(folder, `${item.key}.png`));
  return task.outputs[0].id;
}

/**
 * The second campaign: each image is the first frame of a video.
 * @param {Api} api @param {Receiver} receiver @param {readonly Product[]} products @param {Map<string, string>} images @param {string} folder
 */
async function makeVideos(api, receiver, products, images, folder) {
  console.log(`3. A campaign of ${products.length} videos, each of which begins with its image.`);
  const campaign = await api.createCampaign(
    {
      name: 'Bakery videos',
      defaults: { type: 'video', model: MODELS.video, output: { duration_s: 2, resolution: '480p' } },
      concurrency: 6,
      callback_url: receiver.url,
    },
    products.map(({ sku, name }) => ({
      key: sku,
      input: { prompt: `Steam rises slowly from the ${name}`, images: [{ asset_id: images.get(sku), role: 'first_frame' }] },
      metadata: { sku },
    })),
  );
  await finish(api, receiver, campaign);
  for (const item of await api.items(campaign.id)) {
    if (item.status !== 'succeeded') throw new Error(`The video of ${item.key} failed: ${item.error?.message}`);
    await api.download(`/tasks/${item.task_id}/outputs/0/content`, join(folder, `${item.key}.mp4`));
  }
}

/**
 * Shows a campaign as it goes on, and waits for its signed callback.
 * @param {Api} api @param {Receiver} receiver @param {{ id: string }} campaign
 */
async function finish(api, receiver, campaign) {
  await show(api, campaign);
  const event = await receiver.wait('campaign.completed', campaign.id);
  console.log(`   The callback ${event.type} (${event.id}) came; its signature is right.`);
}

/** Shows a campaign as it goes on, to its end. @param {Api} api @param {{ id: string }} campaign */
async function show(api, { id }) {
  let shown = '';
  await api.follow(id, ({ status, counts, cost }) => {
    const ended = counts.succeeded + counts.failed + counts.cancelled;
    const line = `   ${id} ${status}: ${ended} of ${counts.total} done, ${counts.failed} failed, ${counts.running} running, ${cost.actual} USD`;
    if (line !== shown) console.log(line);
    shown = line;
  });
}

/** @param {Api} api */
async function expectModels(api) {
  const { data } = await api.json('/models');
  const missing = Object.values(MODELS).filter((name) => !data.some((/** @type {{ id: string }} */ { id }) => id === name));
  if (missing.length > 0) {
    throw new Error(`This installation lacks the sandbox models ${missing.join(', ')}. Start one without ATELIER_CONFIG: npm start`);
  }
}

main().catch((error) => {
  console.error(`✗ ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
