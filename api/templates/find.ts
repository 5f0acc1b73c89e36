import { AppError } from '../../domain/errors';
import type { VersionedBody } from '../../domain/template/render';
import { templateReference } from '../../domain/template/reference';
import type { Template, TemplateBody, TemplateScope } from '../../domain/template/template';
import type { ApiContext, UsingTemplates } from '../deps';

/**
 * A template within the scope.
 * @param param - where its name stood, for the error; absent: in the path
 * @throws AppError `not_found`; `invalid_value` when several teams share one of this name
 */
export async function findTemplate(
  context: Pick<ApiContext, 'templates'>,
  scope: TemplateScope,
  idOrName: string,
  param?: string,
): Promise<Template> {
  const facts = param === undefined ? {} : { param };
  const [first, second] = await context.templates.find(idOrName, scope);
  if (first === undefined) throw new AppError('not_found', `There is no template ${JSON.stringify(idOrName.slice(0, 100))}.`, facts);
  if (second === undefined || first.teamId === scope.teamId) return first;
  const message = `Several teams have a template named ${first.name}: ${first.teamName}, ${second.teamName}. Use its id.`;
  throw new AppError('invalid_value', message, facts);
}

/** The body of a version. @throws AppError `not_found` */
export async function readVersion(context: UsingTemplates, template: Template, version: number, param?: string): Promise<TemplateBody> {
  const found = await context.templates.version(template.id, version);
  if (found !== null) return context.templateBodies.read(found);
  const message = `The template ${template.name} has no version ${String(version)}; its newest is ${String(template.versions)}.`;
  throw new AppError('not_found', message, param === undefined ? {} : { param });
}

/**
 * The version that a request means by "product-shot" or "product-shot@2".
 * @throws AppError `invalid_value`, `not_found`; `template_state` for one that is archived or has no published version
 */
export async function findVersion(context: UsingTemplates, teamId: number, reference: string): Promise<VersionedBody> {
  const { idOrName, version: wanted } = templateReference(reference);
  const template = await findTemplate(context, { teamId }, idOrName, 'template');
  if (template.state === 'archived') {
    throw new AppError('template_state', `The template ${template.name} is archived. Restore it, or use another one.`, {
      param: 'template',
    });
  }
  const version = wanted ?? template.publishedVersion;
  if (version === null) {
    const message = `The template ${template.name} has no published version. Publish one, or name a version: "${template.name}@1".`;
    throw new AppError('template_state', message, { param: 'template' });
  }
  return { name: template.name, version, body: await readVersion(context, template, version, 'template') };
}
