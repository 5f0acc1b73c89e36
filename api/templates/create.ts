import type { Request, Response } from 'express';
import { AppError } from '../../domain/errors';
import type { ApiContext, UsingTemplates } from '../deps';
import { callerOf, catalogueOf } from '../http/context';
import { parseWith } from '../http/faults';
import { bodyOf } from './body';
import { findTemplate } from './find';
import type { KeepingReferences } from './references';
import { templateCreate, templateVersionCreate } from './schema';
import { addVersion, createTemplate, sendMade } from './store';

export type MakingTemplates = KeepingReferences & UsingTemplates & Pick<ApiContext, 'catalogue'>;

/** POST /v1/templates */
export async function postTemplate(context: MakingTemplates, request: Request, response: Response): Promise<void> {
  await makeTemplate(context, response, request.body);
}

/** Makes a template of a document and answers with it. */
export async function makeTemplate(context: MakingTemplates, response: Response, document: unknown): Promise<void> {
  const { name, visibility, ...fields } = parseWith(templateCreate, document);
  const caller = callerOf(response);
  const { teamId } = caller;
  const [taken] = await context.templates.find(name, { teamId, own: true });
  if (taken !== undefined) {
    throw new AppError('conflict', `The team has a template named ${name} already. Make a new version of it, or choose another name.`, {
      param: 'name',
    });
  }
  const body = await bodyOf(context, { caller, catalogue: catalogueOf(context, response) }, fields.type, fields);
  const id = await createTemplate(context, response, { teamId, name, visibility, body });
  await sendMade(context, response, id, { version: 1, body, teamId });
}

/** POST /v1/templates/{id}/versions */
export function postVersion(context: MakingTemplates, request: Request, response: Response, id: string): Promise<void> {
  return makeVersion(context, response, id, request.body);
}

/** Makes the next version of a template and answers with it. */
export async function makeVersion(context: MakingTemplates, response: Response, id: string, document: unknown): Promise<void> {
  const caller = callerOf(response);
  const template = await findTemplate(context, { teamId: caller.teamId, own: true }, id);
  const { name, type, visibility, ...fields } = parseWith(templateVersionCreate, document);
  if (name !== undefined && name !== template.name) {
    throw new AppError('invalid_value', `The template is named ${template.name}; names do not change.`, { param: 'name' });
  }
  if (type !== undefined && type !== template.type) {
    throw new AppError('invalid_value', `The template makes ${template.type}; its type does not change.`, { param: 'type' });
  }
  const body = await bodyOf(context, { caller, catalogue: catalogueOf(context, response) }, template.type, fields);
  const version = await addVersion(context, response, template, { body, visibility: visibility ?? null });
  await sendMade(context, response, template.id, { version, body, teamId: template.teamId });
}
