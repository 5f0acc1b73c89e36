/** HTML of the guides: without scripts, readable on a phone, light and dark as the reader's system is. */
import { CHAPTERS } from './contents.mjs';

/** @typedef {'en' | 'zh'} Language */
/** @typedef {{ readonly slug: string, readonly title: string, readonly summary: string, readonly html: string, readonly text: string }} Guide */

const WORDS = {
  en: {
    guides: 'Guides',
    other: '中文',
    all: 'All guides',
    next: 'Next',
    source: 'This page as text',
    lead: 'How to do things with Atelier, and how to point each client at it.',
  },
  zh: {
    guides: '指南',
    other: 'English',
    all: '全部指南',
    next: '下一篇',
    source: '本页纯文本',
    lead: '用 Atelier 完成工作的方法，以及每个客户端的设置。',
  },
};
const HTML_LANG = { en: 'en', zh: 'zh-Hans' };

const STYLE = `
:root{color-scheme:light dark;--ink:#1c1b19;--soft:#55514a;--page:#faf9f7;--line:#d8d4cc;--code:#f0ede7;--link:#8a3b12}
@media(prefers-color-scheme:dark){:root{--ink:#f1efea;--soft:#bbb6ac;--page:#1a1917;--line:#3a3834;--code:#252320;--link:#f0a276}}
*{box-sizing:border-box}body{margin:0;background:var(--page);color:var(--ink);font:16px/1.6 system-ui,"PingFang SC","Microsoft YaHei UI",sans-serif}
header{display:flex;flex-wrap:wrap;gap:.5rem 1.25rem;align-items:baseline;padding:1rem 1.25rem;border-bottom:1px solid var(--line)}
header b{margin-right:auto}a{color:var(--link)}a:focus-visible,pre:focus-visible,.table:focus-visible{outline:2px solid var(--link);outline-offset:2px}
main{max-width:46rem;margin:0 auto;padding:1.5rem 1.25rem 4rem;overflow-wrap:break-word}
h1{font-size:1.75rem;line-height:1.25;margin:.5rem 0 1rem}h2{font-size:1.2rem;margin:2.25rem 0 .5rem}h3{font-size:1rem;margin:1.5rem 0 .25rem}
pre{background:var(--code);border:1px solid var(--line);border-radius:8px;padding:.75rem 1rem;overflow-x:auto;font-size:.875rem;line-height:1.5}
code{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;background:var(--code);padding:.1em .3em;border-radius:4px;font-size:.9em}
pre code{background:none;padding:0;font-size:1em}.table{overflow-x:auto}table{border-collapse:collapse;min-width:100%}
th,td{text-align:left;vertical-align:top;padding:.4rem .75rem .4rem 0;border-bottom:1px solid var(--line)}
img{max-width:100%;height:auto}footer,small{color:var(--soft)}footer{margin-top:3rem;border-top:1px solid var(--line);padding-top:1rem}
nav ul{padding-left:1.2rem}.skip{position:absolute;left:-99rem}.skip:focus{position:static}`;

const ESCAPES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** @param {string} text */
export function escapeHtml(text) {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[/** @type {keyof typeof ESCAPES} */ (character)]);
}

/** @param {Language} language @param {{ slug: string, title: string, summary: string, body: string }} page */
function frame(language, { slug, title, summary, body }) {
  const words = WORDS[language];
  const other = language === 'en' ? 'zh' : 'en';
  const path = slug === '' ? '' : slug;
  return `<!doctype html>
<html lang="${HTML_LANG[language]}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} · Atelier</title><meta name="description" content="${escapeHtml(summary)}">
<link rel="icon" href="/console/mark.svg" type="image/svg+xml"><link rel="canonical" href="/guides/${language}/${path}"><link rel="alternate" hreflang="en" href="/guides/en/${path}"><link rel="alternate" hreflang="zh-Hans" href="/guides/zh/${path}">
${slug === '' ? '' : `<link rel="alternate" type="text/markdown" href="/guides/${language}/${slug}.md">`}<link rel="describedby" type="text/plain" href="/llms.txt">
<style>${STYLE}</style></head><body>
<a class="skip" href="#content">${language === 'en' ? 'Skip to the text' : '跳到正文'}</a>
<header><b><a href="/guides/${language}/">Atelier ${words.guides}</a></b><a href="/guides/${other}/${path}" hreflang="${HTML_LANG[other]}" lang="${HTML_LANG[other]}">${words.other}</a></header>
<main id="content">${body}</main></body></html>
`;
}

/** @param {Language} language @param {readonly Guide[]} guides */
function listOf(language, guides) {
  return CHAPTERS.map((chapter) => {
    const rows = guides.filter(({ slug }) => chapter.pages.includes(slug));
    const items = rows.map(
      ({ slug, title, summary }) =>
        `<li><a href="/guides/${language}/${slug}">${escapeHtml(title)}</a><br><small>${escapeHtml(summary)}</small></li>`,
    );
    return `<h2>${chapter[language]}</h2><ul>${items.join('\n')}</ul>`;
  }).join('\n');
}

/** The list of all guides. @param {Language} language @param {readonly Guide[]} guides */
export function indexPage(language, guides) {
  const words = WORDS[language];
  const body = `<h1>${words.guides}</h1><p>${words.lead}</p><nav aria-label="${words.guides}">${listOf(language, guides)}</nav>`;
  return frame(language, { slug: '', title: words.guides, summary: words.lead, body });
}

/** One guide, with the way to the next. @param {Language} language @param {Guide} guide @param {Guide | undefined} next */
export function guidePage(language, guide, next) {
  const words = WORDS[language];
  const onward = next === undefined ? '' : ` · ${words.next}: <a href="/guides/${language}/${next.slug}">${escapeHtml(next.title)}</a>`;
  const footer = `<footer><a href="/guides/${language}/">${words.all}</a> · <a href="/guides/${language}/${guide.slug}.md">${words.source}</a>${onward}</footer>`;
  return frame(language, { slug: guide.slug, title: guide.title, summary: guide.summary, body: guide.html + footer });
}
