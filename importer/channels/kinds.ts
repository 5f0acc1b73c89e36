import type { LegacyProduct } from '../../domain/migration/source';

/** How one type of channel becomes a provider. */
export interface ChannelKind {
  readonly kind: string;
  /** Where the type's servers are when the channel names none; undefined: it has to name one. */
  readonly address?: string;
  /** What follows the channel's own address, which the programs store without it. */
  readonly path: string;
  readonly secret: 'api_key' | 'access_and_secret';
  /** Where this kind has no text models: what its text models go through. */
  readonly text?: { readonly kind: string; readonly path: string };
}

const openai = (address?: string, path = '/v1'): ChannelKind => ({
  kind: 'openai',
  ...(address === undefined ? {} : { address }),
  path,
  secret: 'api_key',
});
const other = (kind: string, address: string, path = ''): ChannelKind => ({ kind, address, path, secret: 'api_key' });
const dashscope: ChannelKind = {
  ...other('dashscope', 'https://dashscope.aliyuncs.com', '/api/v1'),
  text: { kind: 'openai', path: '/compatible-mode/v1' },
};
const ark: ChannelKind = { ...other('ark', 'https://ark.cn-beijing.volces.com', '/api/v3'), text: { kind: 'openai', path: '/api/v3' } };
const minimax: ChannelKind = { ...other('minimax', 'https://api.minimax.chat'), text: { kind: 'openai', path: '/v1' } };
const xai: ChannelKind = { ...other('xai', 'https://api.x.ai', '/v1'), text: { kind: 'openai', path: '/v1' } };
const replicate = other('replicate', 'https://api.replicate.com', '/v1');

/** Numbers that mean the same in both programs. Old resellers stand without an address: their channels name one. */
const BOTH: Readonly<Record<number, ChannelKind>> = {
  1: openai('https://api.openai.com'),
  // Its OpenAI-compatible endpoint takes the key as a bearer too.
  3: openai(undefined, '/openai/v1'),
  6: openai(),
  7: openai(),
  8: openai(),
  9: openai(),
  10: openai(),
  12: openai(),
  13: openai(),
  14: other('anthropic', 'https://api.anthropic.com'),
  16: openai('https://open.bigmodel.cn', '/api/paas/v4'),
  17: dashscope,
  19: openai('https://api.360.cn'),
  20: openai('https://openrouter.ai/api'),
  22: openai(),
  24: other('gemini', 'https://generativelanguage.googleapis.com'),
  25: openai('https://api.moonshot.cn'),
  31: openai('https://api.lingyiwanwu.com'),
};

const ONE_API: Readonly<Record<number, ChannelKind>> = {
  ...BOTH,
  2: openai(),
  4: openai(),
  5: openai(),
  26: openai('https://api.baichuan-ai.com'),
  27: minimax,
  28: openai('https://api.mistral.ai'),
  29: openai('https://api.groq.com/openai'),
  30: openai('http://localhost:11434'),
  32: openai('https://api.stepfun.com'),
  36: openai('https://api.deepseek.com'),
  39: openai('https://api.together.xyz'),
  40: ark,
  41: openai('https://api.novita.ai/v3/openai', ''),
  44: openai('https://api.siliconflow.cn'),
  45: xai,
  46: replicate,
  47: openai('https://qianfan.baidubce.com', '/v2'),
  48: openai('https://spark-api-open.xf-yun.com'),
  49: dashscope,
  50: openai(),
  51: openai('https://generativelanguage.googleapis.com', '/v1beta/openai'),
};

const NEW_API: Readonly<Record<number, ChannelKind>> = {
  ...BOTH,
  4: openai('http://localhost:11434'),
  26: openai('https://open.bigmodel.cn', '/api/paas/v4'),
  27: openai('https://api.perplexity.ai', ''),
  35: minimax,
  40: openai('https://api.siliconflow.cn'),
  42: openai('https://api.mistral.ai'),
  43: openai('https://api.deepseek.com'),
  44: openai('https://api.moka.ai'),
  45: ark,
  46: openai('https://qianfan.baidubce.com', '/v2'),
  47: openai(),
  48: xai,
  50: { kind: 'kling', address: 'https://api.klingai.com', path: '', secret: 'access_and_secret' },
  53: openai('https://llm.submodel.ai'),
  54: ark,
  55: openai('https://api.openai.com'),
  56: replicate,
  59: openai(),
  60: openai(),
};

/** The highest number that each program knows; what is above belongs to a fork. */
const HIGHEST: Readonly<Record<LegacyProduct, number>> = { 'one-api': 51, 'new-api': 60 };

/** Magic names that New API takes for addresses. */
const NAMED: Readonly<Record<string, string>> = {
  'glm-coding-plan': 'https://open.bigmodel.cn/api/coding/paas/v4',
  'glm-coding-plan-international': 'https://api.z.ai/api/coding/paas/v4',
  'kimi-coding-plan': 'https://api.kimi.com/coding/v1',
  'doubao-coding-plan': 'https://ark.cn-beijing.volces.com/api/coding/v3',
};

/** @returns the kind; `no_such_kind`: Atelier has none for this vendor; `unknown_type`: the program itself doesn't know the number */
export function kindOfType(product: LegacyProduct, type: number): ChannelKind | 'no_such_kind' | 'unknown_type' {
  const found = (product === 'one-api' ? ONE_API : NEW_API)[type];
  if (found !== undefined) return found;
  return type < 1 || type > HIGHEST[product] ? 'unknown_type' : 'no_such_kind';
}

/**
 * The provider's address of a channel. Endpoints that people wrote into it are taken off, a version that is there already is kept.
 * @returns null when the channel names none and its type has none, or names none that is a URL
 */
export function addressOf(kind: ChannelKind, given: string, path: string = kind.path): string | null {
  const named = NAMED[given];
  if (named !== undefined) return named;
  const base = (given === '' ? (kind.address ?? '') : given).replace(/\/+$/, '');
  if (!URL.canParse(base)) return null;
  const stripped = base.replace(/\/(chat\/completions|completions|embeddings|images\/generations)$/, '');
  const hasVersion = /\/v\d+\w*(\/openai)?$/.test(new URL(stripped).pathname);
  return stripped.endsWith(path) || (hasVersion && kind.kind === 'openai') ? stripped : `${stripped}${path}`;
}
