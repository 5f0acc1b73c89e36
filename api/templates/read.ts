import type { Request, Response } from 'express';
import { AppError } from '../../domain/errors';
import { templateObject, templateSummaryObject, versionObject } from '../../domain/template/object';
import type { ApiContext, UsingTemplates } from '../deps';
import { scopeOf } from '../http/context';
import { parseWith } from '../http/faults';
import { sendJson, sendList } from '../http/send';
import { findTemplate, readVersion } from './find';
import { templateListQuery, templateVersionQuery } from './schema';

/** GET /v1/templates: the newest first, with those that other teams share. */
export async function listTemplates(context: Pick<ApiContext, 'templates'>, request: Request, response: Response): Promise<void> {
  const { type, tag, state, q, after, limit } = parseWith(templateListQuery, request.query);
  const scope = scopeOf(response);
  const page = await context.templates.list({
    teamId: scope.teamId,
    ...(type === undefined ? {} : { type }),
    ...(tag === undefined ? {} : { tag }),
    ...(state === undefined ? {} : { state }),
    ...(q === undefined ? {} : { text: q }),
    ...(after === undefined ? {} : { after: (await findTemplate(context, scope, after, 'after')).id }),
    limit,
  });
  sendList(response, page.data.map(templateSummaryObject), ({ id }) => id, page.hasMore);
}

/** GET /v1/templates/{id}: with the body of its newest version, or of `?version=`. */
export async function getTemplate(context: UsingTemplates, request: Request, response: Response, id: string): Promise<void> {
  const { version } = parseWith(templateVersionQuery, request.query);
  const template = await findTemplate(context, scopeOf(response), id);
  const shown = version ?? template.versions;
  sendJson(
    response,
    200,
    templateObject(template, shown, await readVersion(context, template, shown, version === undefined ? undefined : 'version')),
  );
}

/** GET /v1/templates/{id}/versions: the newest first. */
export async function listVersions(context: UsingTemplates, response: Response, id: string): Promise<void> {
  const template = await findTemplate(context, scopeOf(response), id);
  const versions = await context.templates.versions(template.id);
  sendList(
    response,
    versions.map((version) => versionObject(template, version)),
    ({ version }) => String(version),
  );
}

/** GET /v1/templates/{id}/versions/{n} */
export async function getVersion(
  context: UsingTemplates,
  response: Response,
  { id, n }: { readonly id: string; readonly n: string },
): Promise<void> {
  const template = await findTemplate(context, scopeOf(response), id);
  const found = /^[1-9]\d{0,8}$/.test(n) ? await context.templates.version(template.id, Number(n)) : null;
  if (found === null) {
    throw new AppError(
      'not_found',
      `The template ${template.name} has no version ${JSON.stringify(n.slice(0, 20))}; its newest is ${String(template.versions)}.`,
    );
  }
  const body = await context.templateBodies.read(found);
  sendJson(response, 200, { ...templateObject(template, found.version, body), ...versionObject(template, found) });
}
