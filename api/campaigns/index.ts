import type { Router, RequestHandler } from 'express';
import type { ApiContext } from '../deps';
import { createRoutes, jsonOf } from '../http/routes';
import { MAX_JSON_BYTES } from '../uploads/limits';
import { answerCampaign } from './answer';
import { expectCampaign } from './body';
import { createCampaign } from './create';
import { estimateCampaign } from './estimate';
import { streamCampaign } from './events';
import { listCampaigns, listFailures, listItems } from './list';
import { editItem, sendItem } from './items/edit';
import { sendResults } from './results';
import { applyVerb, CHANGE, VERBS, type Verb } from './verbs';

/** Routes of /v1/campaigns. */
export function campaignsRouter(context: ApiContext): Router {
  const routes = createRoutes(context, '/v1');
  const json = jsonOf(MAX_JSON_BYTES);
  const first: RequestHandler = (request, _response, next) => {
    expectCampaign(request);
    next();
  };

  routes.post('/campaigns', { first }, (request, response) => createCampaign(context, request, response));
  routes.post('/campaigns/estimate', { first }, (request, response) => estimateCampaign(context, request, response));
  routes.get('/campaigns', (request, response) => listCampaigns(context, request, response));
  routes.get('/campaigns/:id', (request, response) => answerCampaign(context, request, response, request.params.id, 'read'));
  routes.patch('/campaigns/:id', json, (request, response) => applyVerb(context, request, response, request.params.id, CHANGE));
  routes.get('/campaigns/:id/items', (request, response) => listItems(context, request, response, request.params.id));
  routes.get('/campaigns/:id/items/:index', (request, response) => sendItem(context, request, response, request.params));
  routes.patch('/campaigns/:id/items/:index', json, (request, response) => editItem(context, request, response, request.params));
  routes.get('/campaigns/:id/failures', (request, response) => listFailures(context, response, request.params.id));
  routes.get('/campaigns/:id/results', (request, response) => sendResults(context, request, response, request.params.id));
  routes.get('/campaigns/:id/events', (request, response) => streamCampaign(context, request, response, request.params.id));
  for (const [name, verb] of Object.entries(VERBS) as [keyof typeof VERBS, Verb][]) {
    const steps = name === 'retry' ? json : {};
    routes.post(`/campaigns/:id/${name}`, steps, (request, response) => applyVerb(context, request, response, request.params.id, verb));
  }
  return routes.done();
}
