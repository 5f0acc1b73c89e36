import type { NoticeLanguage } from '../../domain/alert/rule';
import { noticeText, type PartState, type Status } from '../../domain/status/status';

interface Words {
  readonly title: string;
  readonly overall: Readonly<Record<PartState, string>>;
  readonly states: Readonly<Record<PartState, string>>;
  readonly parts: Readonly<Record<'api' | 'workers' | 'storage', string>>;
  readonly providers: string;
  readonly incidents: string;
  readonly since: string;
  readonly at: string;
}

const WORDS: Readonly<Record<NoticeLanguage, Words>> = {
  en: {
    title: 'Status',
    overall: { operational: 'Everything works', degraded: 'Some things do not work as they should', outage: 'There is an outage' },
    states: { operational: 'works', degraded: 'degraded', outage: 'out' },
    parts: { api: 'API', workers: 'Generation', storage: 'Files' },
    providers: 'Providers',
    incidents: 'Known incidents',
    since: 'since',
    at: 'As of',
  },
  zh: {
    title: '服务状态',
    overall: { operational: '一切正常', degraded: '部分功能异常', outage: '服务中断' },
    states: { operational: '正常', degraded: '异常', outage: '中断' },
    parts: { api: 'API', workers: '生成', storage: '文件' },
    providers: '服务商',
    incidents: '已知事件',
    since: '始于',
    at: '截至',
  },
};

const STYLE = `
:root{color-scheme:light dark;--ink:#1c1b19;--soft:#55514a;--page:#faf9f7;--line:#d8d4cc;--good:#1b7a43;--warn:#8a5a00;--bad:#b3261e}
@media(prefers-color-scheme:dark){:root{--ink:#f1efea;--soft:#bbb6ac;--page:#1a1917;--line:#3a3834;--good:#6fcf97;--warn:#f0b95b;--bad:#ff8a80}}
body{margin:0;background:var(--page);color:var(--ink);font:16px/1.5 system-ui,"PingFang SC","Microsoft YaHei UI",sans-serif}
main{max-width:40rem;margin:0 auto;padding:3rem 1.25rem}
h1{font-size:1.75rem;line-height:1.25;margin:0 0 1.5rem}h2{font-size:1rem;margin:2rem 0 .5rem}
dl{margin:0;border-top:1px solid var(--line)}dl div{display:flex;justify-content:space-between;gap:1rem;padding:.6rem 0;border-bottom:1px solid var(--line)}
dt,dd{margin:0}.operational{color:var(--good)}.degraded{color:var(--warn)}.outage{color:var(--bad)}
.notice{border:1px solid var(--line);border-radius:8px;padding:.75rem 1rem;margin:0 0 1.5rem;white-space:pre-line}
small{color:var(--soft)}p{white-space:pre-line}`;

/** The status page: HTML that needs no script. */
export function statusPage(status: Status, language: NoticeLanguage): string {
  const words = WORDS[language];
  const row = (name: string, state: PartState): string =>
    `<div><dt>${escapeHtml(name)}</dt><dd class="${state}">${words.states[state]}</dd></div>`;
  const parts = (['api', 'workers', 'storage'] as const).map((part) => row(words.parts[part], status[part])).join('');
  const providers = status.providers ?? [];
  const incidents = status.incidents.map(
    ({ text, openedAt, language: lang }) =>
      `<p lang="${langOf(lang)}">${escapeHtml(text)}<br><small>${words.since} ${timeOf(openedAt)}</small></p>`,
  );
  return [
    `<!doctype html><html lang="${langOf(language)}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">`,
    `<title>Atelier: ${words.title}</title><style>${STYLE}</style></head><body><main>`,
    status.notice === null ? '' : `<div class="notice" role="status">${escapeHtml(noticeText(status.notice, language))}</div>`,
    `<h1 class="${status.overall}">${words.overall[status.overall]}</h1><dl>${parts}</dl>`,
    providers.length === 0 ? '' : `<h2>${words.providers}</h2><dl>${providers.map(({ name, state }) => row(name, state)).join('')}</dl>`,
    incidents.length === 0 ? '' : `<h2>${words.incidents}</h2>${incidents.join('')}`,
    `<p><small>${words.at} ${timeOf(status.at)}</small></p></main></body></html>`,
  ].join('\n');
}

function langOf(language: NoticeLanguage): string {
  return language === 'zh' ? 'zh-Hans' : 'en';
}

function timeOf(at: Date): string {
  const text = at.toISOString();
  return `<time datetime="${text}">${text.slice(0, 16).replace('T', ' ')} UTC</time>`;
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? character);
}
