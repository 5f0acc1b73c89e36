/** Chromium with an eye on what must never happen: an error on the console, a violation of the policy, a page that fails. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const LOCALES = { en: 'en-GB', zh: 'zh-CN' };
/** How long a page may take to show what is waited for. Nobody is promised it: it ends what hangs, and a busy machine is slow without that. */
const PATIENCE_MS = 120_000;
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

export async function openBrowser() {
  const browser = await chromium.launch({
    executablePath: process.env.ATELIER_CHROMIUM,
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--force-color-profile=srgb'],
  });
  return {
    close: () => browser.close(),
    /**
     * A person at a browser of their own.
     * @param {{ language?: 'en' | 'zh', theme?: 'light' | 'dark', isPhone?: boolean, withoutScripts?: boolean }} [how]
     */
    async person({ language = 'en', theme = 'light', isPhone = false, withoutScripts = false } = {}) {
      const context = await browser.newContext({
        locale: LOCALES[language],
        colorScheme: theme,
        viewport: { width: 1440, height: 900 },
        reducedMotion: 'reduce',
        javaScriptEnabled: !withoutScripts,
        ...(isPhone ? PHONE : {}),
      });
      context.setDefaultTimeout(PATIENCE_MS);
      const page = await context.newPage();
      /** @type {string[]} */
      const faults = [];
      /** @type {RegExp[]} */
      const expected = [];
      const note = (text) => {
        if (!expected.some((pattern) => pattern.test(text))) faults.push(text);
      };
      page.on('console', (message) => {
        if (['error', 'warning'].includes(message.type())) note(`${message.text()} (${message.location().url})`);
      });
      page.on('pageerror', (error) => note(`${error.name}: ${error.message}`));
      return {
        page,
        context,
        /** What the browser complained of. */
        faults,
        /** A complaint that the test brings about on purpose. @param {RegExp} pattern */
        expect: (pattern) => expected.push(pattern),
      };
    },
  };
}

/** Findings of axe on the page as it is now, each with where it is. */
export async function axeFindings(page) {
  // Past the page's policy, which rightly forbids a script of ours as well.
  await page.evaluate(axeSource);
  const { violations } = await page.evaluate(() =>
    globalThis.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }),
  );
  return violations.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.target.join(' ')} ${node.failureSummary?.split('\n')[1]?.trim() ?? ''}`),
  );
}

export async function signIn(page, { origin, email, password }, path = '/') {
  await page.goto(`${origin}/console/sign-in?next=${encodeURIComponent(path)}`);
  await page.locator('input[name=email]').fill(email);
  await page.locator('input[name=password]').fill(password);
  await page.locator('form button[type=submit]').click();
  await page.waitForURL((url) => !url.pathname.includes('sign-in'));
}
