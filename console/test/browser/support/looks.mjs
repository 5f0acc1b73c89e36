/** Pages against the screenshots in `baselines/`: in English on a light screen, and in Chinese on a dark phone. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { changedBlocks, MOST_CHANGED, small } from './likeness.mjs';
import { screenshot } from './stack.mjs';

const folder = join(dirname(fileURLToPath(import.meta.url)), '..', 'baselines');
const isRenewed = process.env.ATELIER_CONSOLE_UPDATE === '1';

export const LOOKS = [
  { language: 'en', theme: 'light', isPhone: false },
  { language: 'zh', theme: 'dark', isPhone: true },
];
export const nameOf = ({ language, theme, isPhone }) => `${language}-${theme}${isPhone ? '-phone' : ''}`;
export const baselineOf = (name) => readFileSync(join(folder, `${name}.png`));

/** The page when nothing on it moves any more, with what tells the time left out. @param {import('playwright-core').Page} page @param {string} url */
export async function screenshotOf(page, url) {
  await page.goto(url);
  await page.locator('h1').first().waitFor();
  await page.waitForLoadState('networkidle').catch(() => undefined);
  await page.waitForFunction(
    () =>
      document.querySelector('[aria-busy=true]') === null &&
      document.fonts.status === 'loaded' &&
      // Lazy ones come when they are seen.
      [...document.images].every((image) => image.complete || image.getBoundingClientRect().top > innerHeight),
  );
  await page.evaluate(() => {
    document.activeElement?.blur();
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const telling =
      /\d{1,2}:\d{2}|\d+ ?(?:s|ms|min|h|秒|分|小时)\b|\d ?(?:秒|分|小时)|20\d\d|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\b|\d+月|task_[0-9a-f]|[Aa]t this pace|照此/;
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode())
      if (telling.test(node.textContent) || node.parentElement.closest('time') !== null) node.parentElement.style.visibility = 'hidden';
    // Charts and the bars of a timeline are drawn by the clock.
    for (const drawn of document.querySelectorAll('time, svg[role=img], video, [aria-hidden] > [style*="left:"]'))
      drawn.style.visibility = 'hidden';
  });
  return page.screenshot({ animations: 'disabled' });
}

/**
 * Opens pages one after the other and compares each with what is kept of it, or keeps it.
 * @param {import('playwright-core').Page} page
 * @param {string} origin
 * @param {readonly (readonly [name: string, path: string])[]} pages
 * @param {(typeof LOOKS)[number]} look
 * @returns {Promise<string[]>} what has changed
 */
export async function changesOf(page, origin, pages, look) {
  const changed = [];
  for (const [one, path] of pages) {
    const name = `${one}-${nameOf(look)}`;
    const file = join(folder, `${name}.png`);
    const taken = await screenshotOf(page, `${origin}/console${path}`);
    if (isRenewed) writeFileSync(file, await small(taken));
    else if (!existsSync(file)) changed.push(`${one}: there is no screenshot of it`);
    else {
      const blocks = await changedBlocks(readFileSync(file), taken);
      if (blocks > MOST_CHANGED) {
        changed.push(`${one}: ${blocks} blocks differ`);
        await screenshot(page, `changed-${name}`);
      }
    }
  }
  return changed;
}
