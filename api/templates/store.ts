import type { Response } from 'express';
import { AppError } from '../../domain/errors';
import type { Principal } from '../../domain/access/principal';
import { templateObject } from '../../domain/template/object';
import type { NewVersion, Template, TemplateBody, TemplateVisibility } from '../../domain/template/template';
import { assetsOf, unusedInputs } from '../../domain/template/uses';
import type { ApiContext, UsingTemplates } from '../deps';
import { principalOf } from '../http/context';
import { sendJson } from '../http/send';

/** How often the number of a version may be taken by somebody else. */
const MOST_TRIES = 5;

interface NewTemplate {
  readonly teamId: number;
  readonly name: string;
  readonly visibility: TemplateVisibility;
  readonly body: TemplateBody;
}

/** Stores a template with its first version. @throws AppError `conflict` for a name that is taken */
export async function createTemplate(
  context: UsingTemplates & Pick<ApiContext, 'newId'>,
  response: Response,
  { teamId, name, visibility, body }: NewTemplate,
): Promise<string> {
  const id = context.newId('tmpl');
  const createdBy = authorOf(principalOf(response));
  const stored = await context.templateBodies.put(id, 1, body);
  try {
    await context.templates.create({ id, teamId, name, type: body.type, visibility, createdBy }, versionOf(stored, createdBy, body));
  } catch (error) {
    await context.templateBodies.discard(stored.key);
    throw error;
  }
  return id;
}

/** Stores the next version and answers its number. */
export async function addVersion(
  context: UsingTemplates,
  response: Response,
  template: Template,
  { body, visibility }: { readonly body: TemplateBody; readonly visibility: TemplateVisibility | null },
): Promise<number> {
  const createdBy = authorOf(principalOf(response));
  let next = template.versions + 1;
  for (let attempt = 0; attempt < MOST_TRIES; attempt += 1) {
    const stored = await context.templateBodies.put(template.id, next, body);
    if (await context.templates.addVersion(template.id, next, versionOf(stored, createdBy, body), visibility)) return next;
    await context.templateBodies.discard(stored.key);
    const [current] = await context.templates.find(template.id, { teamId: template.teamId, own: true });
    next = (current?.versions ?? next) + 1;
  }
  throw new AppError('conflict', `Others are making versions of ${template.name} at this moment. Send it again.`);
}

/** Answers with a template as it was just made. */
export async function sendMade(
  context: UsingTemplates,
  response: Response,
  id: string,
  made: { readonly version: number; readonly body: TemplateBody; readonly teamId: number },
): Promise<void> {
  const [template] = await context.templates.find(id, { teamId: made.teamId, own: true });
  if (template === undefined) throw new AppError('internal', `The template ${id} is not there.`);
  const warnings = unusedInputs(made.body).map((input) => `The input ${input} is not used by the template.`);
  sendJson(response, 201, { ...templateObject(template, made.version, made.body), warnings });
}

function versionOf(stored: Pick<NewVersion, 'key' | 'sha256' | 'bytes'>, createdBy: string, body: TemplateBody): NewVersion {
  const { description, tags, model, inputs, overridable, preview_asset_ids } = body;
  return { ...stored, createdBy, digest: { description, tags, model, inputs, overridable, preview_asset_ids }, assetIds: assetsOf(body) };
}

function authorOf(principal: Principal): string {
  if (principal.kind === 'person') return principal.person.name;
  return principal.kind === 'admin' ? 'admin' : principal.caller.credentialName;
}
