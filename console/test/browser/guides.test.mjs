/** The guides on a phone of the smallest width, without scripts: nothing scrolls sideways but code and tables, and axe finds nothing. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { axeFindings } from './support/browser.mjs';
import { screenshot, useStack } from './support/stack.mjs';

const stack = useStack();
const NARROW = { width: 320, height: 720 };
/** Smaller text than this is hard to read on a phone. */
const SMALLEST_PX = 12.5;

/** Paths of all guides of a language, and of their list. */
async function pagesIn(language) {
  const list = await (await fetch(`${stack.atelier.origin}/guides/${language}/`)).text();
  const own = [...list.matchAll(/<li><a href="(\/guides\/[^"]+)"/g)].map(([, path]) => path);
  assert.ok(own.length > 20, 'the list of guides is empty');
  return [`/guides/${language}/`, ...own];
}

/** Words that stick out of the page, and text that is too small. @param {import('playwright-core').Page} page */
const unreadable = (page) =>
  page.evaluate((smallest) => {
    const faults = [];
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth > clientWidth) faults.push(`it is ${scrollWidth} px wide, not ${clientWidth}`);
    for (const element of document.querySelectorAll('p, li, td, th, code, small, h1, h2, h3')) {
      const size = parseFloat(getComputedStyle(element).fontSize);
      if (size < smallest) faults.push(`${element.tagName} of ${size} px: ${element.textContent?.slice(0, 40)}`);
    }
    return faults;
  }, SMALLEST_PX);

for (const language of ['en', 'zh']) {
  test(`every guide in ${language} is readable on a narrow phone without scripts`, async () => {
    const { page, faults } = await stack.browser.person({ language, isPhone: true, withoutScripts: true });
    await page.setViewportSize(NARROW);
    const found = [];
    for (const path of await pagesIn(language)) {
      await page.goto(`${stack.atelier.origin}${path}`);
      await page.locator('h1').waitFor();
      found.push(...(await unreadable(page)).map((fault) => `${path}: ${fault}`));
    }
    await screenshot(page, `guide-${language}-phone`);
    assert.deepEqual(found, []);
    assert.deepEqual(faults, []);
  });

  test(`axe finds nothing on the guides in ${language}, light and dark`, async () => {
    const found = [];
    for (const theme of /** @type {const} */ (['light', 'dark'])) {
      const { page } = await stack.browser.person({ language, theme, isPhone: true });
      for (const path of await pagesIn(language)) {
        await page.goto(`${stack.atelier.origin}${path}`);
        found.push(...(await axeFindings(page)).map((finding) => `${path} ${theme} ${finding}`));
      }
      await page.context().close();
    }
    assert.deepEqual(found, []);
  });
}
