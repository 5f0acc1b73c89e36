import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { openBrowser } from './browser.mjs';
import { startInstallation } from './installation.mjs';

/** Languages and themes that pages are looked at in. */
export const COMBINATIONS = ['en', 'zh'].flatMap((language) => ['light', 'dark'].map((theme) => ({ language, theme })));

/** Where screenshots of every page go for whoever wants to look at them. */
const folder = process.env.ATELIER_CONSOLE_PICTURES;

/**
 * An installation and a browser for all tests of a file.
 * @param {() => Promise<void>} [prepare] - what the tests begin with, once the installation is up: a second `before` would not wait for it
 */
export function useStack(prepare) {
  const stack = {
    /** @type {Awaited<ReturnType<typeof startInstallation>>} */ atelier: undefined,
    /** @type {Awaited<ReturnType<typeof openBrowser>>} */ browser: undefined,
  };
  before(async () => {
    stack.atelier = await startInstallation();
    stack.browser = await openBrowser();
    await prepare?.();
  });
  after(async () => {
    await stack.browser?.close();
    await stack.atelier?.stop();
  });
  return stack;
}

/** Keeps what the page looks like, if that is wanted. @param {import('playwright-core').Page} page @param {string} name */
export async function screenshot(page, name) {
  if (folder === undefined) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`) });
}
