/** Takes the screenshots of the README again: `npm run docs:screenshots`. Chromium is the one of `npm run test:console`. */
import { join } from 'node:path';
import sharp from 'sharp';
import { root } from '../../../../scripts/lib/sources.mjs';
import { apiOf } from './api.mjs';
import { openBrowser, signIn } from './browser.mjs';
import { startInstallation } from './installation.mjs';

const FOLDER = join(root, 'docs', 'images');
/** Of a new installation. */
const TEAM = 'sample';
const TEA = 'Jasmine tea tin on washed linen, soft window light, one vase';
const THINGS = 'tea tin,coffee cup,lamp,teapot,honey jar,candle,bread box,vase,soap,biscuit tin,olive oil,notebook'.split(',');
/** Their models never answer. */
const DOWN = [8, 9];

/** As wide as a README shows it, in the fewest bytes. @param {import('playwright-core').Page} page @param {string} name */
async function keep(page, name) {
  await page.waitForFunction(() => [...document.images].every(({ complete, naturalWidth }) => complete && naturalWidth > 1));
  await page.evaluate(() => Promise.all([...document.images].map((image) => image.decode())));
  await page.evaluate(() => new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted))));
  await sharp(await page.screenshot())
    .resize({ width: 1200 })
    .png({ palette: true, compressionLevel: 9, effort: 10 })
    .toFile(join(FOLDER, name));
}

const atelier = await startInstallation();
const browser = await openBrowser();
try {
  const { page } = await browser.person();
  await page.setViewportSize({ width: 1440, height: 840 });
  await signIn(page, atelier, `/t/${TEAM}/studio/image`);
  await page.getByLabel('Prompt', { exact: true }).fill(TEA);
  await page.getByRole('button', { name: /^Generate/ }).click();
  await page.getByRole('article', { name: TEA }).getByRole('img').first().waitFor();
  await page.mouse.move(1_100, 800);
  await keep(page, 'studio.png');

  const api = apiOf(atelier.origin, atelier.keys.production);
  const items = THINGS.map((thing, index) => ({
    key: `HT-${String(1_001 + index)}`,
    ...(DOWN.includes(index) ? { model: 'sandbox-image-down' } : {}),
    input: { prompt: `A ${thing} on linen, soft window light` },
  }));
  const { id } = await api('POST', '/v1/campaigns', {
    ...{ name: 'Spring catalogue', defaults: { type: 'image', model: 'sandbox-image' }, items, budget: { max_cost_usd: '2.50' } },
  });
  await api.until(`/v1/campaigns/${id}`, ({ status }) => (status === 'completed' ? status : null));
  await page.setViewportSize({ width: 1440, height: 460 });
  await page.goto(`${atelier.origin}/console/t/${TEAM}/campaigns/${id}`);
  await page.getByText('Failures by cause').waitFor();
  await page.waitForFunction(() => document.images.length >= 10);
  await keep(page, 'campaign.png');
} finally {
  await browser.close();
  await atelier.stop();
}
