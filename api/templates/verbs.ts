import type { Request, Response } from 'express';
import { AppError } from '../../domain/errors';
import type { Template } from '../../domain/template/template';
import { templateObject } from '../../domain/template/object';
import type { UsingTemplates } from '../deps';
import { scopeOf } from '../http/context';
import { parseWith } from '../http/faults';
import { sendJson } from '../http/send';
import { findTemplate, readVersion } from './find';
import { templatePublish } from './schema';

/** POST /v1/templates/{id}/publish: the version that requests mean by the name alone. */
export async function publishTemplate(context: UsingTemplates, request: Request, response: Response, id: string): Promise<void> {
  const { version: wanted } = parseWith(templatePublish, (request.body as unknown) ?? {});
  const template = await ownTemplate(context, response, id);
  const version = wanted ?? template.versions;
  if (version > template.versions) {
    throw new AppError(
      'not_found',
      `The template ${template.name} has no version ${String(version)}; its newest is ${String(template.versions)}.`,
      {
        param: 'version',
      },
    );
  }
  if (!(await context.templates.publish(template.id, version))) {
    throw new AppError('template_state', `The template ${template.name} is archived. Restore it before a version is published.`);
  }
  await sendTemplate(context, response, template);
}

/** POST /v1/templates/{id}/archive: nobody can use it until it is restored. */
export async function archiveTemplate(context: UsingTemplates, response: Response, id: string): Promise<void> {
  const template = await ownTemplate(context, response, id);
  await context.templates.archive(template.id);
  await sendTemplate(context, response, template);
}

/** POST /v1/templates/{id}/restore: what it was before. */
export async function restoreTemplate(context: UsingTemplates, response: Response, id: string): Promise<void> {
  const template = await ownTemplate(context, response, id);
  await context.templates.restore(template.id);
  await sendTemplate(context, response, template);
}

function ownTemplate(context: UsingTemplates, response: Response, id: string): Promise<Template> {
  return findTemplate(context, { ...scopeOf(response), own: true }, id);
}

async function sendTemplate(context: UsingTemplates, response: Response, { id, teamId }: Template): Promise<void> {
  const template = await findTemplate(context, { teamId, own: true }, id);
  sendJson(response, 200, templateObject(template, template.versions, await readVersion(context, template, template.versions)));
}
