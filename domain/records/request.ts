import type { TemplateUse } from '../template/use';

/**
 * What only the request knows of a run, kept with its task until the log takes it in. Names are those of the stored JSON, to which the store
 * adds project and owner of the key as they are at the admission.
 */
export interface RequestFacts {
  /** The template that it was rendered from, with the version. */
  readonly template?: string;
  readonly template_version?: number;
  /** `x-request-id`; absent: no request of its own made it. */
  readonly id?: string;
  /** The address that it came from, and the family of the client (`clientFamily`). */
  readonly ip?: string;
  readonly client?: string;
  /** W3C `traceparent` of its span; absent: it was not traced. */
  readonly traceparent?: string;
  readonly stream?: boolean;
  /** HTTP status of an answer that did not wait for the end, or not long enough. */
  readonly status?: number;
  /** How long the answer waited for the end, which it then gave with 200. */
  readonly waitMs?: number;
}

/** The facts of a request that used a template; none of one that did not. */
export function templateFacts(use: TemplateUse | null | undefined): Pick<RequestFacts, 'template' | 'template_version'> {
  return use === null || use === undefined ? {} : { template: use.name, template_version: use.version };
}

/** A user agent's product whose own name is not what people know it by. */
const KNOWN: readonly (readonly [RegExp, string])[] = [
  [/^OpenAI\/Python\s+(\d+)/i, 'openai-python'],
  [/^AsyncOpenAI\/Python\s+(\d+)/i, 'openai-python'],
  [/^OpenAI\/(?:JS|NodeJS)\s+(\d+)/i, 'openai-node'],
  [/^OpenAI\/Go\s+(\d+)/i, 'openai-go'],
  [/^OpenAI\/Java\s+(\d+)/i, 'openai-java'],
  [/^(?:Async)?Anthropic\/Python\s+(\d+)/i, 'anthropic-python'],
  [/^Anthropic\/JS\s+(\d+)/i, 'anthropic-node'],
  [/\bai-sdk\/[\w.-]+\/?(\d+)?/i, 'ai-sdk'],
  [/\bcursor\/(\d+)/i, 'Cursor'],
  [/\bclaude-(?:cli|code)\/(\d+)/i, 'Claude Code'],
  [/\bCherryStudio\/(\d+)/i, 'Cherry Studio'],
  [/\bEdg\/(\d+)/, 'Edge'],
  [/\bFirefox\/(\d+)/, 'Firefox'],
  [/\bChrome\/(\d+)/, 'Chrome'],
  [/\bVersion\/(\d+)[\d.]*\s+(?:Mobile\/\S+\s+)?Safari\//, 'Safari'],
];

const PRODUCT = /^([A-Za-z][\w.+-]{0,39})(?:\/v?(\d{1,6})[\w.+-]*)?/;

/**
 * The family of a client by its user agent: the name that people know it by and its major version. At most 50 characters.
 * @example clientFamily('OpenAI/Python 1.54.3') // "openai-python 1.x"
 * @returns null for none, or one that names no product
 */
export function clientFamily(userAgent: string | undefined): string | null {
  const text = (userAgent ?? '').slice(0, 512);
  for (const [pattern, name] of KNOWN) {
    const match = pattern.exec(text);
    if (match !== null) return familyOf(name, match[1]);
  }
  const product = PRODUCT.exec(text);
  return product === null ? null : familyOf(product[1] ?? '', product[2]);
}

function familyOf(name: string, major: string | undefined): string {
  return major === undefined ? name : `${name} ${major}.x`;
}
