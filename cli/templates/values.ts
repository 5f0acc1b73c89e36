import { valueOfText } from '../../domain/template/inputs';
import type { TemplateInputs } from '../../domain/template/template';
import { usageFailure } from '../failure';
import { textPairs, valuePairs } from '../flag-values';
import type { ApiClient } from '../http/client';
import { asObject, asText, type JsonObject } from '../json-value';
import { imageOf } from '../tasks/body';

/** Options that say what a template is given. */
export interface ValueFlags {
  readonly input?: readonly string[];
  readonly set?: readonly string[];
}

/** What a command line means by "product-shot" or "product-shot@2". */
export interface Named {
  readonly name: string;
  readonly version: number | null;
}

/** @throws CliFailure `usage` for a text that names no template */
export function namedBy(text: string | undefined): Named {
  const match = /^([\w-]{1,80})(?:@([1-9]\d{0,8}))?$/.exec(text ?? '');
  if (match?.[1] === undefined) {
    throw usageFailure(`"${text ?? ''}" names no template.`, 'Write its name, such as product-shot, or a version of it: product-shot@2');
  }
  return { name: match[1], version: match[2] === undefined ? null : Number(match[2]) };
}

/** A version as a query and as a part of a body; nothing when none is named. */
export const versionOf = ({ version }: Named): { readonly version?: number } => (version === null ? {} : { version });

export const templatePath = ({ name }: Named, rest = ''): string => `/v1/templates/${encodeURIComponent(name)}${rest}`;

/** A template with its newest version, or the named one. */
export async function readTemplate(client: ApiClient, named: Named): Promise<JsonObject> {
  return asObject(await client.call({ path: templatePath(named), query: { version: named.version?.toString() } })) ?? {};
}

/** The `--input` options as values of the types that the template declares; images and videos may be files. */
export async function inputsOf({ input }: ValueFlags, template: JsonObject): Promise<JsonObject> {
  const declared = (asObject(template['inputs']) ?? {}) as TemplateInputs;
  const values: Record<string, unknown> = {};
  for (const [name, text] of Object.entries(textPairs('--input', input))) {
    const one = Object.hasOwn(declared, name) ? declared[name] : undefined;
    const isMedium = one?.type === 'image' || one?.type === 'video';
    values[name] = isMedium ? await imageOf(text) : one === undefined ? text : valueOfText(one, text);
  }
  return values;
}

/** The `--set` options at their places in a task: `output.seed=7`, `model=other`. */
export function overridesOf({ set }: ValueFlags): JsonObject {
  const overrides: Record<string, unknown> = {};
  for (const [path, value] of Object.entries(valuePairs('--set', set))) {
    const [room = '', member, ...deeper] = path.split('.');
    if (deeper.length > 0)
      throw usageFailure(`--set takes PLACE=VALUE, not "${path}".`, 'For example --set output.seed=7 or --set model=other');
    overrides[room] = member === undefined ? value : { ...asObject(overrides[room]), [member]: value };
  }
  return overrides;
}

/** The name of a template. */
export function nameOf(template: JsonObject): string {
  return asText(template['name']) ?? '';
}
