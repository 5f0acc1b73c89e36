import { Router, type RequestHandler } from 'express';
import type { ApiContext } from '../deps';
import { expectJson, readJson } from '../http/json-body';
import { allowOnly } from '../http/methods';
import { authenticate } from '../middleware/authenticate';
import { MAX_JSON_BYTES } from '../uploads/limits';
import { answerCampaign } from './answer';
import { expectCampaign } from './body';
import { createCampaign } from './create';
import { streamCampaign } from './events';
import { listCampaigns, listItems } from './list';
import { applyVerb, CHANGE, VERBS, type Verb } from './verbs';

/** Routes of /v1/campaigns. */
export function campaignsRouter(context: ApiContext): Router {
  const router = Router();
  const authenticated = authenticate(context);
  const json = [expectJson(MAX_JSON_BYTES), authenticated, readJson(MAX_JSON_BYTES)];
  const expectBody: RequestHandler = (request, _response, next) => {
    expectCampaign(request);
    next();
  };

  router
    .route('/campaigns')
    .post(expectBody, authenticated, (request, response) => createCampaign(context, request, response))
    .get(authenticated, (request, response) => listCampaigns(context, request, response))
    .all(allowOnly('GET', 'POST'));
  router
    .route('/campaigns/:id')
    .get(authenticated, (request, response) => answerCampaign(context, request, response, request.params.id, 'read'))
    .patch(...json, (request, response) => applyVerb(context, request, response, request.params['id'], CHANGE))
    .all(allowOnly('GET', 'PATCH'));
  router
    .route('/campaigns/:id/items')
    .get(authenticated, (request, response) => listItems(context, request, response, request.params.id))
    .all(allowOnly('GET'));
  router
    .route('/campaigns/:id/events')
    .get(authenticated, (request, response) => streamCampaign(context, request, response, request.params.id))
    .all(allowOnly('GET'));
  for (const [name, verb] of Object.entries<Verb>(VERBS)) {
    const before = name === 'retry' ? json : [authenticated];
    router
      .route(`/campaigns/:id/${name}`)
      .post(...before, (request, response) => applyVerb(context, request, response, request.params['id'], verb))
      .all(allowOnly('POST'));
  }
  return router;
}
