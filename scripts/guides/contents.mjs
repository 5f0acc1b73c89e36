/**
 * The guides in reading order. Each is `docs/guides/{en,zh}/<slug>.md`; its first line is the title, its first paragraph answers the
 * question of the page.
 * @type {readonly { readonly en: string, readonly zh: string, readonly pages: readonly string[] }[]}
 */
export const CHAPTERS = [
  { en: 'Start', zh: '开始', pages: ['quick-start', 'first-image', 'openai-sdks', 'troubleshooting', 'errors'] },
  {
    en: 'Jobs',
    zh: '任务',
    pages: ['image-production', 'video-production', 'campaigns', 'templates', 'teams-and-budgets', 'callbacks', 'moving-in', 'backups'],
  },
  {
    en: 'Clients',
    zh: '客户端',
    pages: [
      'cursor',
      'cherry-studio',
      'lobechat',
      'nextchat',
      'chatbox',
      'open-webui',
      'librechat',
      'claude-code',
      'codex-cli',
      'coding-editors',
      'dify-and-n8n',
      'libraries',
    ],
  },
];

export const LANGUAGES = /** @type {const} */ (['en', 'zh']);
export const SLUGS = CHAPTERS.flatMap(({ pages }) => pages);
