import type { Request, Response } from 'express';
import { formatUsd } from '../../domain/money/money';
import { renderTemplate } from '../../domain/template/render';
import type { ApiContext, UsingTemplates } from '../deps';
import { callerOf, catalogueOf } from '../http/context';
import { parseWith } from '../http/faults';
import { sendJson } from '../http/send';
import { quote } from '../submit/prepare';
import { pendingInputOf } from '../tasks/input';
import { parseTask } from '../tasks/parse';
import { findTemplate, readVersion } from './find';
import { templateRender } from './schema';

/** POST /v1/templates/{id}/render: the task that a request would make, and what it would hold. Nothing runs. */
export async function renderForPeople(
  context: UsingTemplates & Pick<ApiContext, 'catalogue' | 'routeState'>,
  request: Request,
  response: Response,
  id: string,
): Promise<void> {
  const { inputs, overrides, version: wanted } = parseWith(templateRender, (request.body as unknown) ?? {});
  const caller = callerOf(response);
  const template = await findTemplate(context, { teamId: caller.teamId }, id);
  const version = wanted ?? template.publishedVersion ?? template.versions;
  const body = await readVersion(context, template, version, wanted === undefined ? undefined : 'version');
  const { task, warnings } = renderTemplate({ name: template.name, version, body }, { inputs, overrides });
  const parsed = parseTask(task);
  const { boundMicroUsd } = quote(context, {
    catalogue: catalogueOf(context, response),
    caller,
    endpoint: 'tasks',
    model: parsed.model,
    input: pendingInputOf(parsed),
  });
  sendJson(response, 200, {
    object: 'template.rendering',
    template: { name: template.name, version },
    task,
    cost: { currency: 'USD', estimated: formatUsd(boundMicroUsd) },
    warnings: [...(template.state === 'archived' ? [`The template ${template.name} is archived: it cannot be used.`] : []), ...warnings],
  });
}
