import { Router } from 'express';
import { mayUseModel } from '../../../domain/access/caller';
import { AppError } from '../../../domain/errors';
import type { ApiContext } from '../../deps';
import { callerOf } from '../../http/context';
import { allowOnly } from '../../http/methods';
import { sendJson } from '../../http/send';
import { authenticate } from '../../middleware/authenticate';
import { notFoundMessage } from '../../submit/resolve-model';
import { modelObject } from './map';

/** GET /v1/models and GET /v1/models/{id}; ids may hold slashes. */
export function modelsRouter(context: ApiContext): Router {
  const router = Router();
  const authenticated = authenticate(context);

  router
    .route('/models')
    .get(authenticated, async (_request, response) => {
      const catalogue = await context.catalogue.current();
      const models = [...catalogue.models.values()].filter((model) => mayUseModel(callerOf(response), model.name));
      sendJson(response, 200, { object: 'list', data: models.map((model) => modelObject(model, catalogue)) });
    })
    .all(allowOnly('GET'));

  router
    .route('/models/*id')
    .get(authenticated, async (request, response) => {
      const name = request.params.id.join('/');
      const catalogue = await context.catalogue.current();
      const model = catalogue.models.get(name);
      if (model === undefined || !mayUseModel(callerOf(response), name)) {
        throw new AppError('model_not_found', notFoundMessage(catalogue, callerOf(response), name), { param: 'model' });
      }
      sendJson(response, 200, modelObject(model, catalogue));
    })
    .all(allowOnly('GET'));
  return router;
}
