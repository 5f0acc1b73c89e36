import { AppError } from '../../../domain/errors';
import type { Catalogue } from '../../../domain/provider/catalogue';
import { isAvailable } from '../../../domain/provider/catalogue';
import type { ShownDefinition } from '../../../domain/provider/definitions';
import type { ApiContext } from '../../deps';
import type { Routes, Steps } from '../../http/routes';
import { sendJson, sendList } from '../../http/send';
import { definitionFields } from './definition-fields';

export type DefinedModelsDeps = Pick<ApiContext, 'catalogue' | 'catalogueAdmin'>;

/** Routes of /admin/v1/models. */
export function addModels(routes: Routes<'/admin/v1'>, { catalogue, catalogueAdmin }: DefinedModelsDeps, body: Steps): void {
  routes.get('/models', async (_request, response) => {
    const defined = await catalogueAdmin.models();
    sendList(
      response,
      defined.map((one) => modelObject(one, catalogue.current())),
      ({ name }) => name,
    );
  });

  routes.post('/models', body, async (request, response) => {
    sendJson(response, 201, modelObject(await catalogueAdmin.createModel(request.body), catalogue.current()));
  });

  routes.get('/models/*name', async (request, response) => {
    const name = request.params.name.join('/');
    const found = (await catalogueAdmin.models()).find(({ entry }) => entry.name === name);
    if (found === undefined) throw new AppError('not_found', `There is no model ${JSON.stringify(name.slice(0, 128))}.`);
    sendJson(response, 200, modelObject(found, catalogue.current()));
  });

  routes.patch('/models/*name', body, async (request, response) => {
    const changed = await catalogueAdmin.changeModel(request.params.name.join('/'), request.body);
    sendJson(response, 200, modelObject(changed, catalogue.current()));
  });

  routes.delete('/models/*name', async (request, response) => {
    const name = request.params.name.join('/');
    await catalogueAdmin.removeModel(name);
    sendJson(response, 200, { object: 'model', name, deleted: true });
  });
}

function modelObject(shown: ShownDefinition, catalogue: Catalogue) {
  const model = catalogue.models.get(shown.entry.name);
  return {
    object: 'model' as const,
    ...definitionFields(shown),
    name: shown.entry.name,
    available: model !== undefined && isAvailable(model, catalogue),
  };
}
