/**
 * Twelve products become twelve pictures, and each picture a short film: two campaigns on the sandbox, which is free. One picture is
 * sent to a model that always fails, so that there is something to run again. A receiver checks the signed callbacks.
 *
 *   npm start                     # in another terminal
 *   npm run example:campaign
 */
import { mkdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createApi } from './lib/api.mjs';
import { findInstallation } from './lib/installation.mjs';
import { startReceiver } from './lib/receiver.mjs';

const PRODUCTS = join(import.meta.dirname, 'products.jsonl');
const UNLUCKY = 'tart';
const MODELS = { image: 'sandbox-image', down: 'sandbox-image-down', video: 'sandbox-video' };

async function main() {
  const installation = await findInstallation();
  const api = createApi(installation);
  await expectModels(api);
  const products = (await readFile(PRODUCTS, 'utf8'))
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  const folder = resolve(process.env.EXAMPLE_OUT || 'example-campaign');
  await mkdir(folder, { recursive: true });
  const receiver = await startReceiver(installation.secret);
  try {
    const pictures = await makePictures(api, receiver, products, folder);
    await makeFilms(api, receiver, products, pictures, folder);
  } finally {
    receiver.close();
  }
  console.log(`\nDone: ${products.length} pictures (.png) and ${products.length} films (.mp4) lie in\n  ${folder}`);
}

/** The first campaign: a picture of each product. Gives the asset of each picture, by product. */
async function makePictures(api, receiver, products, folder) {
  console.log(`1. A campaign of ${products.length} pictures; one of them is sent to a model that fails.`);
  const campaign = await api.createCampaign(
    {
      name: 'Bakery pictures',
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
  const assets = new Map();
  for (const item of items.filter(({ status }) => status === 'succeeded')) {
    assets.set(item.key, item.outputs[0].id);
    await api.download(`/tasks/${item.task_id}/outputs/0/content`, join(folder, `${item.key}.png`));
  }
  for (const item of items.filter(({ status }) => status === 'failed')) {
    assets.set(item.key, await runAgain(api, receiver, item, folder));
  }
  return assets;
}

/** A failed task is run again on another model: its stored input is taken, the product is not sent again. */
async function runAgain(api, receiver, item, folder) {
  console.log(`2. The item "${item.key}" failed (${item.error.code}): it is run again on ${MODELS.image}.`);
  const replay = await api.post(`/tasks/${item.task_id}/replay`, { overrides: { model: MODELS.image }, callback_url: receiver.url });
  const { data: task } = await receiver.wait('task.succeeded', replay.id);
  console.log(`   ${task.id} is the replay of ${task.replay_of}: ${task.status}, and its callback is signed rightly.`);
  await api.download(`/tasks/${task.id}/outputs/0/content`, join(folder, `${item.key}.png`));
  return task.outputs[0].id;
}

/** The second campaign: each picture is the first frame of a film. */
async function makeFilms(api, receiver, products, pictures, folder) {
  console.log(`3. A campaign of ${products.length} films, each of which begins with its picture.`);
  const campaign = await api.createCampaign(
    {
      name: 'Bakery films',
      defaults: { type: 'video', model: MODELS.video, output: { duration_s: 2, resolution: '480p' } },
      concurrency: 6,
      callback_url: receiver.url,
    },
    products.map(({ sku, name }) => ({
      key: sku,
      input: { prompt: `Steam rises slowly from the ${name}`, images: [{ asset_id: pictures.get(sku), role: 'first_frame' }] },
      metadata: { sku },
    })),
  );
  await finish(api, receiver, campaign);
  for (const item of await api.items(campaign.id)) {
    if (item.status !== 'succeeded') throw new Error(`The film of ${item.key} failed: ${item.error?.message}`);
    await api.download(`/tasks/${item.task_id}/outputs/0/content`, join(folder, `${item.key}.mp4`));
  }
}

/** Shows a campaign as it goes on, and waits for its signed callback. */
async function finish(api, receiver, { id }) {
  let shown = '';
  await api.follow(id, ({ status, counts, cost }) => {
    const ended = counts.succeeded + counts.failed + counts.cancelled;
    const line = `   ${id} ${status}: ${ended} of ${counts.total} done, ${counts.failed} failed, ${counts.running} running, ${cost.actual} USD`;
    if (line !== shown) console.log(line);
    shown = line;
  });
  const event = await receiver.wait('campaign.completed', id);
  console.log(`   The callback ${event.type} (${event.id}) came and is signed rightly.`);
}

async function expectModels(api) {
  const { data } = await api.json('/models');
  const missing = Object.values(MODELS).filter((name) => !data.some(({ id }) => id === name));
  if (missing.length > 0) {
    throw new Error(`This installation lacks the sandbox models ${missing.join(', ')}. Start one without ATELIER_CONFIG: npm start`);
  }
}

main().catch((error) => {
  console.error(`✗ ${error.message}`);
  process.exitCode = 1;
});
