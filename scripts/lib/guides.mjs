/**
 * Builds dist/guides from docs/guides: a page of HTML and a twin as text for each guide and language, the lists, and llms.txt.
 * markdown-it renders when building, so that the api has neither the library nor the work.
 */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import MarkdownIt from 'markdown-it';
import { CHAPTERS, LANGUAGES, SLUGS } from '../guides/contents.mjs';
import { guidePage, indexPage } from '../guides/page.mjs';
import { root } from './sources.mjs';

const folder = join(root, 'dist', 'guides');

/**
 * The page as a reader gets it: fences without what they say to the test (test/guides/support/pages.ts), links to pages instead of files.
 * @param {string} markdown
 */
function forReaders(markdown) {
  return markdown.replace(/^```(\w+)[ ].*$/gm, '```$1').replace(/\]\((?:\.\.\/\.\.\/)?([a-z0-9-]+)\.md\)/g, ']($1)');
}

/** Headings get ids, so that a link can lead to a symptom; code and tables scroll by themselves on a phone, by the keyboard too. */
function renderer() {
  const markdown = new MarkdownIt({ html: false, linkify: false });
  const { rules } = markdown.renderer;
  rules.heading_open = (tokens, index) => {
    const text = tokens[index + 1]?.content ?? '';
    return `<${tokens[index].tag} id="${anchorOf(text)}">`;
  };
  const { fence } = rules;
  if (fence !== undefined) rules.fence = (...given) => fence(...given).replace('<pre>', '<pre tabindex="0">');
  rules.table_open = () => '<div class="table" tabindex="0"><table>';
  rules.table_close = () => '</table></div>';
  return markdown;
}

/** "`invalid_value` · 400" → "invalid_value-400" @param {string} text */
function anchorOf(text) {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}_]+/gu, '-')
    .replace(/^-|-$/g, '');
}

/** The reference of error codes is a guide too, in English; its links lead to files of the checkout, which readers here don't have. */
function errorsText() {
  return readFileSync(join(root, 'docs', 'errors.md'), 'utf8').replace(/\[([^\]]+)\]\((?!https:)[^)]+\)/g, '$1');
}

/** @param {'en' | 'zh'} language @param {string} slug */
function sourceOf(language, slug) {
  if (language === 'en' && slug === 'errors') return errorsText();
  return readFileSync(join(root, 'docs', 'guides', language, `${slug}.md`), 'utf8');
}

/**
 * @param {ReturnType<typeof renderer>} markdown @param {'en' | 'zh'} language @param {string} slug
 * @returns {import('../guides/page.mjs').Guide}
 */
function readGuide(markdown, language, slug) {
  const text = forReaders(sourceOf(language, slug));
  const title = /^# (.+)$/m.exec(text)?.[1];
  const summary = /^# .+\n+([^\n]+)$/m.exec(text)?.[1];
  if (title === undefined || summary === undefined)
    throw new Error(`docs/guides/${language}/${slug}.md needs a title and a first paragraph.`);
  const plain = summary.replace(/\[([^\]]+)\]\([^)]+\)/g, '$1').replace(/[`*]/g, '');
  return { slug, title, summary: plain, html: markdown.render(text), text };
}

/** @param {Record<'en' | 'zh', readonly import('../guides/page.mjs').Guide[]>} guides */
function llmsText(guides) {
  const lists = LANGUAGES.flatMap((language) =>
    CHAPTERS.map((chapter) => {
      const rows = guides[language].filter(({ slug }) => chapter.pages.includes(slug));
      const items = rows.map(({ slug, title, summary }) => `- [${title}](/guides/${language}/${slug}.md): ${summary}`);
      return `## ${chapter[language]}${language === 'zh' ? '（中文）' : ''}\n\n${items.join('\n')}`;
    }),
  );
  return `# Atelier

> One OpenAI-compatible entrance for text, image and video models of many providers. Every generation is a durable workflow: paid once, stored, told to you by a signed callback.

The base URL of this installation is http://127.0.0.1:4000/v1; keys go into "Authorization: Bearer KEY". All routes: /openapi.json. All guides in one file: /llms-full.txt.

${lists.join('\n\n')}
`;
}

/** @param {Record<'en' | 'zh', readonly import('../guides/page.mjs').Guide[]>} guides */
function llmsFullText(guides) {
  const pages = LANGUAGES.flatMap((language) =>
    guides[language].map(({ slug, text }) => `<!-- /guides/${language}/${slug} -->\n\n${text.trim()}`),
  );
  return `${pages.join('\n\n---\n\n')}\n`;
}

/** Renders all guides. @throws Error that names a guide that is missing or has no title */
export function buildGuides() {
  const markdown = renderer();
  const next = `${folder}.next`;
  rmSync(next, { recursive: true, force: true });
  /** @param {'en' | 'zh'} language */
  const read = (language) => SLUGS.map((slug) => readGuide(markdown, language, slug));
  const guides = { en: read('en'), zh: read('zh') };
  for (const language of LANGUAGES) {
    mkdirSync(join(next, language), { recursive: true });
    const pages = guides[language];
    writeFileSync(join(next, language, 'index.html'), indexPage(language, pages));
    for (const [index, guide] of pages.entries()) {
      writeFileSync(join(next, language, `${guide.slug}.html`), guidePage(language, guide, pages[index + 1]));
      writeFileSync(join(next, language, `${guide.slug}.md`), guide.text);
    }
  }
  writeFileSync(join(next, 'llms.txt'), llmsText(guides));
  writeFileSync(join(next, 'llms-full.txt'), llmsFullText(guides));
  rmSync(folder, { recursive: true, force: true });
  renameSync(next, folder);
}
