import type { Request, RequestHandler, Response } from 'express';
import { AppError } from '../../domain/errors';
import { bodyObject } from '../../domain/template/object';
import { parseWith } from '../http/faults';
import { isJsonObject } from '../campaigns/merge';
import { callerOf, scopeOf } from '../http/context';
import { readText } from '../http/text-body';
import type { ApiContext, UsingTemplates } from '../deps';
import { makeTemplate, makeVersion, type MakingTemplates } from './create';
import { findTemplate, readVersion } from './find';
import { templateVersionQuery } from './schema';

type Exchanging = Pick<ApiContext, 'templateText'>;

const YAML_TYPE = 'application/yaml; charset=utf-8';
/** Most bytes of a template's text. */
export const MAX_TEXT_BYTES = 1024 * 1024;

/** GET /v1/templates/{id}/export: a version as YAML, which `import` reads. */
export async function exportTemplate(
  context: UsingTemplates & Exchanging,
  request: Request,
  response: Response,
  id: string,
): Promise<void> {
  const { version } = parseWith(templateVersionQuery, request.query);
  const template = await findTemplate(context, scopeOf(response), id);
  const exported = version ?? template.publishedVersion ?? template.versions;
  const body = await readVersion(context, template, exported, version === undefined ? undefined : 'version');
  const { type, ...rest } = bodyObject(body);
  const document = { name: template.name, type, visibility: template.visibility, ...withoutEmpty(rest) };
  const text = Buffer.from(context.templateText.write(document));
  response.setHeader('content-type', YAML_TYPE);
  response.setHeader('content-length', text.length);
  response.setHeader('content-disposition', `attachment; filename="${template.name}.yaml"`);
  response.end(text);
}

/** What a reader need not see: parts that say nothing. */
function withoutEmpty(body: object): object {
  const isEmpty = (value: unknown): boolean =>
    value === null || value === undefined || value === '' || (typeof value === 'object' && Object.keys(value).length === 0);
  return Object.fromEntries(Object.entries(body).filter(([, value]) => !isEmpty(value)));
}

/** POST /v1/templates/import: a new template, or the next version of the one that has the name. */
export async function importTemplate(context: MakingTemplates & Exchanging, request: Request, response: Response): Promise<void> {
  const document = context.templateText.read(request.body as string);
  if (!isJsonObject(document)) throw new AppError('invalid_value', 'The template must be a mapping with name, type, inputs and so on.');
  const { name } = document;
  const [known] = typeof name === 'string' ? await context.templates.find(name, { teamId: callerOf(response).teamId, own: true }) : [];
  if (known === undefined) await makeTemplate(context, response, document);
  else await makeVersion(context, response, known.id, document);
}

/** Reads the text into `request.body`. */
export const importBody: { readonly first: RequestHandler; readonly then: readonly RequestHandler[] } = readText(MAX_TEXT_BYTES, {
  types: /^(?:application\/(?:x-)?yaml|application\/json|text\/(?:x-)?yaml|text\/plain)\b/i,
  expected: 'YAML with the header Content-Type: application/yaml',
});
