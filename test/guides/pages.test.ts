import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parse as parseYaml } from 'yaml';
import { readWebFiles } from '../../adapters/web/files';
import { ERRORS } from '../../domain/errors';
import { useApi } from '../api/support/api';
import { ensureBuilt } from '../support/build';
import { guidesIn, LANGUAGES, readGuide, snippetsOf } from './support/pages';

const BUILT = join(__dirname, '../../dist/guides');
/** The reference of error codes is docs/errors.md itself. */
const FROM_ELSEWHERE = ['errors'];

beforeAll(ensureBuilt);

const api = useApi({ guideFiles: readWebFiles(BUILT) });
const get = async (path: string, headers: Readonly<Record<string, string>> = {}): Promise<{ response: Response; text: string }> => {
  const response = await fetch(`${api.origin}${path}`, { headers, redirect: 'manual' });
  return { response, text: await response.text() };
};

describe('the texts', () => {
  test('are complete in both languages', () => {
    expect([...guidesIn('en'), ...FROM_ELSEWHERE].sort()).toEqual([...guidesIn('zh')].sort());
  });

  test.each(guidesIn('en'))('%s has the same code, in the same order, in Chinese', (slug) => {
    const code = LANGUAGES.map((language) => snippetsOf(readGuide(language, slug)).map(({ line: _, ...rest }) => rest));

    expect(code[1]).toEqual(code[0]);
  });

  test.each(LANGUAGES)('%s pages hold data that its clients can parse', (language) => {
    const data = guidesIn(language).flatMap((slug) => snippetsOf(readGuide(language, slug)).filter(({ check }) => check !== null));

    expect(data.length).toBeGreaterThan(4);
    for (const { check, code } of data) {
      if (check === 'json') expect(JSON.parse(code)).toBeInstanceOf(Object);
      else if (check === 'yaml') expect(parseYaml(code)).toBeInstanceOf(Object);
      else expect(code).toMatch(/^model_provider = "(\w+)"[^]*^\[model_providers\.\1\][^]*^base_url = "http:\/\/127\.0\.0\.1:4000\/v1"/m);
    }
  });

  test('explain each error code in Chinese, with its status', () => {
    const headings = [...readGuide('zh', 'errors').matchAll(/^## `(\w+)` · (\d+)$/gm)].map(([, code, status]) => [code, Number(status)]);

    expect(headings.sort()).toEqual(
      Object.entries(ERRORS)
        .map(([code, { status }]) => [code, status])
        .sort(),
    );
  });
});

describe('the pages', () => {
  const pages = LANGUAGES.flatMap((language) =>
    readdirSync(join(BUILT, language))
      .filter((name) => name.endsWith('.html'))
      .map((name) => `/guides/${language}/${name === 'index.html' ? '' : name.slice(0, -'.html'.length)}`),
  );

  test('need no key and no script, and name the address that they are read at', async () => {
    const { response, text } = await get('/guides/en/quick-start');

    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(text).toContain(`${api.origin}/v1/chat/completions`.replace(`${api.origin}/v1`, '$ATELIER_BASE_URL'));
    expect(text).toContain(`<code>${api.origin}/v1</code>`);
    expect(text).not.toContain('<script');
    expect(text).toContain('width=device-width');
  });

  test.each(pages)('%s has links that resolve', async (path) => {
    const { response, text } = await get(path);
    const ids = new Set([...text.matchAll(/ id="([^"]+)"/g)].map((match) => match[1]));
    const targets = [...text.matchAll(/ href="([^"]+)"/g)]
      .map((match) => match[1] ?? '')
      .filter((target) => !/^http|^\/console\//.test(target));

    expect(response.status).toBe(200);
    for (const target of targets.filter((each) => each.startsWith('#'))) expect(ids).toContain(target.slice(1));
    for (const target of new Set(targets.filter((each) => !each.startsWith('#')))) {
      const { response: found } = await get(new URL(target, `${api.origin}${path}`).pathname);
      expect([target, found.status]).toEqual([target, 200]);
    }
  });

  test('are in the reader’s language where none is named', async () => {
    const { text: english } = await get('/guides/cursor');
    const { response, text: chinese } = await get('/guides/cursor', { 'accept-language': 'zh-CN,zh;q=0.9' });

    expect(english).toContain('<html lang="en">');
    expect(chinese).toContain('<html lang="zh-Hans">');
    expect(response.headers.get('vary')).toContain('accept-language');
  });

  test('are not sent again to who has them', async () => {
    const { response } = await get('/guides/en/cursor');
    const again = await get('/guides/en/cursor', { 'if-none-match': response.headers.get('etag') ?? '' });

    expect(again.response.status).toBe(304);
  });

  test('have twins as text, without what a fence says to the test', async () => {
    const { response, text } = await get('/guides/en/quick-start.md');

    expect(response.headers.get('content-type')).toBe('text/markdown; charset=utf-8');
    expect(text).toContain('```bash\ncurl');
    expect(text).not.toContain('expect=');
  });

  test('an address without a guide says where they are listed', async () => {
    const { response, text } = await get('/guides/en/../../package.json');
    const { response: unknown, text: said } = await get('/guides/unknown');

    expect([response.status, unknown.status]).toEqual([404, 404]);
    expect(text).not.toContain('"version"');
    expect(said).toContain(`${api.origin}/guides/`);
  });

  test('a Host header that is no address is not repeated', async () => {
    const { text } = await get('/guides/en/quick-start', { 'x-forwarded-host': '"><script>' });

    expect(text).not.toContain('"><script>');
  });
});

describe('llms.txt', () => {
  test('lists every guide with a link to its text', async () => {
    const { response, text } = await get('/llms.txt');
    const links = [...text.matchAll(/\]\((\/guides\/[^)]+)\)/g)].map((match) => match[1] ?? '');

    expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(text).toMatch(/^# Atelier\n\n> /);
    expect(links).toHaveLength(guidesIn('zh').length * 2);
    for (const link of links) expect((await get(link)).response.status).toBe(200);
  });

  test('all guides are in llms-full.txt', async () => {
    const { text } = await get('/llms-full.txt');

    for (const language of LANGUAGES) for (const slug of guidesIn(language)) expect(text).toContain(`/guides/${language}/${slug}`);
    expect(Buffer.byteLength(text)).toBeLessThan(400_000);
    expect(existsSync(join(BUILT, 'llms-full.txt'))).toBe(true);
  });
});
