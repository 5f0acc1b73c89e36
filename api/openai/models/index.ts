import type { Router, Request, Response } from 'express';
import { maySeeModel, type Principal } from '../../../domain/access/principal';
import type { Catalogue, Model } from '../../../domain/provider/catalogue';
import { isForClass } from '../../../domain/provider/plan';
import { AppError } from '../../../domain/errors';
import type { ApiContext, Authenticating } from '../../deps';
import { principalOf } from '../../http/context';
import { parseWith } from '../../http/faults';
import { createRoutes } from '../../http/routes';
import { sendJson } from '../../http/send';
import { operationsSaid } from '../../../domain/admission/operations';
import { notFoundMessage } from '../../../domain/admission/resolve-model';
import { anthropicModelObject, codexModelObject, modelObject } from './map';
import { listModelsSchema } from './schema';

/** GET /v1/models and GET /v1/models/{id}; ids may hold slashes. */
export function modelsRouter(context: Authenticating & Pick<ApiContext, 'catalogue' | 'typicalTimes'>): Router {
  const routes = createRoutes(context, '/v1');

  routes.get('/models', (request, response) => listModels(context, request, response));

  routes.get('/models/*id', async (request, response) => {
    const name = request.params.id.join('/');
    const catalogue = context.catalogue.current();
    const model = catalogue.models.get(name);
    if (model === undefined || !isListed(catalogue, principalOf(response), model)) {
      throw new AppError(
        'model_not_found',
        notFoundMessage(catalogue, (candidate) => isListed(catalogue, principalOf(response), candidate), name),
        { param: 'model' },
      );
    }
    if (isAnthropic(request)) sendJson(response, 200, anthropicModelObject(model));
    else sendJson(response, 200, modelObject(model, catalogue, await context.typicalTimes.find(''), new Date()));
  });
  return routes.done();
}

/** What the principal may use: models without a route for the class of its key are not. */
function isListed(catalogue: Catalogue, principal: Principal, model: Model): boolean {
  if (!maySeeModel(principal, model)) return false;
  return principal.kind !== 'credential' || isForClass(catalogue, model, principal.caller.credentialClass);
}

async function listModels(context: Pick<ApiContext, 'catalogue' | 'typicalTimes'>, request: Request, response: Response): Promise<void> {
  const query = parseWith(listModelsSchema, request.query);
  const principal = principalOf(response);
  const defaultModality = principal.kind === 'credential' ? principal.caller.defaults.models : null;
  const modality = query.modality ?? defaultModality ?? 'all';
  const catalogue = context.catalogue.current();
  const usable = [...catalogue.models.values()].filter(
    (model) => isListed(catalogue, principal, model) && (modality === 'all' || model.modality === modality),
  );
  const { models, hasMore } = pageOf(usable, { limit: query.limit, after: query.after ?? query.after_id, before: query.before_id });
  const edges = { first_id: models[0]?.name ?? null, last_id: models.at(-1)?.name ?? null, has_more: hasMore };
  if (isAnthropic(request)) {
    sendJson(response, 200, { data: models.map(anthropicModelObject), ...edges });
    return;
  }
  const typical = await context.typicalTimes.find('');
  const texts = models.filter((model) => model.modality === 'text' && mayChat(model));
  sendJson(response, 200, {
    object: 'list',
    data: models.map((model) => modelObject(model, catalogue, typical, new Date())),
    ...edges,
    ...(query.client_version === undefined ? {} : { models: texts.map((model, index) => codexModelObject(model, catalogue, index)) }),
  });
}

/** All of them, unless a limit says less: most clients read one page. */
function pageOf(
  all: readonly Model[],
  { limit, after, before }: { readonly limit: number | undefined; readonly after: string | undefined; readonly before: string | undefined },
): { readonly models: readonly Model[]; readonly hasMore: boolean } {
  const start = after === undefined ? 0 : all.findIndex(({ name }) => name === after) + 1;
  const end = before === undefined ? -1 : all.findIndex(({ name }) => name === before);
  if (end !== -1) {
    const models = all.slice(start, end).slice(limit === undefined ? 0 : -limit);
    return { models, hasMore: models.length < end - start };
  }
  const models = all.slice(start, limit === undefined ? undefined : start + limit);
  return { models, hasMore: start + models.length < all.length };
}

function mayChat(model: Model): boolean {
  const said = operationsSaid(model);
  return model.capabilities.embeddings !== true && (said.length === 0 || said.includes('chat'));
}

/** Anthropic's SDKs and Claude Code name the version of their API at every call. */
function isAnthropic(request: Request): boolean {
  return request.headers['anthropic-version'] !== undefined;
}
