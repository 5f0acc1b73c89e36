import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { axeFindings, openBrowser } from './browser.mjs';
import { startInstallation } from './installation.mjs';

/** Languages and themes that pages are looked at in. */
export const COMBINATIONS = ['en', 'zh'].flatMap((language) => ['light', 'dark'].map((theme) => ({ language, theme })));

/** Where screenshots of every page go for whoever wants to look at them. */
const folder = process.env.ATELIER_CONSOLE_PICTURES;

/**
 * An installation and a browser for all tests of a file.
 * @param {() => Promise<void>} [prepare] - what the tests begin with, once the installation is up: a second `before` would not wait for it
 * @param {Readonly<Record<string, string>>} [settings] - variables of the installation's environment
 */
export function useStack(prepare, settings) {
  const stack = {
    /** @type {Awaited<ReturnType<typeof startInstallation>>} */ atelier: undefined,
    /** @type {Awaited<ReturnType<typeof openBrowser>>} */ browser: undefined,
  };
  before(async () => {
    stack.atelier = await startInstallation(settings);
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

/** Makes an image by the API, as the person who is signed in. @param {import('playwright-core').Page} page @param {string} prompt */
export function makeImage(page, prompt) {
  return page.evaluate(async (words) => {
    const me = await (await fetch('/auth/me')).json();
    const response = await fetch('/v1/tasks', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-csrf-token': me.csrf_token, prefer: 'wait=60' },
      body: JSON.stringify({ type: 'image', model: 'sandbox-image', input: { prompt: words } }),
    });
    return response.json();
  }, prompt);
}

/**
 * Opens pages one after the other and looks at each with axe; on a phone none may scroll sideways.
 * @param {import('playwright-core').Page} page
 * @param {string} origin
 * @param {readonly (readonly [name: string, path: string])[]} pages
 * @param {{ language: string, theme: string, isPhone: boolean }} as
 * @returns what axe found, with the page's name
 */
export async function lookAt(page, origin, pages, { language, theme, isPhone }) {
  const findings = [];
  for (const [name, path] of pages) {
    await page.goto(`${origin}/console${path}`);
    await page.locator('h1').first().waitFor();
    await page.waitForFunction(() => document.querySelector('[aria-busy=true]') === null);
    findings.push(...(await axeFindings(page)).map((finding) => `${name} ${language} ${theme} ${finding}`));
    await screenshot(page, `${name}-${language}-${theme}${isPhone ? '-phone' : ''}`);
    const isWide = isPhone && (await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth));
    if (isWide) findings.push(`${name} ${language} ${theme} scrolls sideways`);
  }
  return findings;
}

/** Chooses the model of a studio. @param {import('playwright-core').Page} page @param {string} name */
export async function chooseModel(page, name) {
  await page.getByRole('combobox', { name: 'Model', exact: true }).first().click();
  await page
    .getByRole('option', { name: new RegExp(`^${name}(?![-\\w])`) })
    .first()
    .click();
}
