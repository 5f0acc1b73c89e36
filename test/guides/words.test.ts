import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { guidesIn, readGuide } from './support/pages';

/** What the console calls a thing in Chinese, everybody calls it: guides, notices, alerts and the page of the status. */

const ROOT = join(__dirname, '../..');
/** A text of the console with the word, and other words for the same thing that nobody uses. */
const WORDS: readonly (readonly [file: string, key: string, word: string, others: readonly string[]])[] = [
  ['campaigns', 'title', '批量任务', ['批量作业', '作业', '批量生产']],
  ['usage', 'provider', '服务商', ['供应商', '提供商']],
  ['common', 'templates', '模板', ['模版']],
  ['common', 'library', '素材库', ['资源库', '作品库']],
];

const console = (name: string): string => readFileSync(join(ROOT, 'console/src/text/zh', `${name}.json`), 'utf8');
const sources = ['domain', 'api', 'cli'].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => [`${folder}/${name}`, readFileSync(join(ROOT, folder, name), 'utf8')] as const),
);
const guides = guidesIn('zh').map((slug) => [`docs/guides/zh/${slug}.md`, readGuide('zh', slug)] as const);
const texts = readdirSync(join(ROOT, 'console/src/text/zh')).map((name) => [name, console(name.replace('.json', ''))] as const);

test.each(WORDS)('%s.%s of the console is %s, and nothing has another word for it', (file, key, word, others) => {
  expect(console(file)).toContain(`"${key}": "${word}"`);
  const strays = [...guides, ...sources, ...texts].flatMap(([name, text]) =>
    text.split('\n').flatMap((line, index) => (others.some((other) => line.includes(other)) ? [`${name}:${String(index + 1)}`] : [])),
  );
  expect(strays).toEqual([]);
});

test('the guides, the notices and the page of the status were looked at', () => {
  expect(guides.length).toBeGreaterThan(20);
  expect(sources.filter(([, text]) => /\p{Script=Han}/u.test(text)).map(([name]) => name)).toEqual(
    expect.arrayContaining(['domain/migration/notice.ts', 'domain/alert/wording.ts', 'api/status/page.ts']),
  );
});
