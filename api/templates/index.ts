import type { Router } from 'express';
import type { ApiContext } from '../deps';
import { createRoutes, jsonOf, optionalBody } from '../http/routes';
import { MAX_JSON_BYTES } from '../uploads/limits';
import { postTemplate, postVersion } from './create';
import { exportTemplate, importBody, importTemplate } from './exchange';
import { postFromTask } from './from-task';
import { getTemplate, getVersion, listTemplates, listVersions } from './read';
import { renderForPeople } from './render';
import { archiveTemplate, publishTemplate, restoreTemplate } from './verbs';

const MAX_VERB_BYTES = 64 * 1024;

/** Routes of /v1/templates. */
export function templatesRouter(context: ApiContext): Router {
  const routes = createRoutes(context, '/v1');
  // Reference images may come as data.
  const json = jsonOf(MAX_JSON_BYTES);

  routes.post('/templates', json, (request, response) => postTemplate(context, request, response));
  routes.get('/templates', (request, response) => listTemplates(context, request, response));
  routes.post('/templates/from-task', json, (request, response) => postFromTask(context, request, response));
  routes.post('/templates/import', importBody, (request, response) => importTemplate(context, request, response));
  routes.get('/templates/:id', (request, response) => getTemplate(context, request, response, request.params.id));
  routes.get('/templates/:id/versions', (request, response) => listVersions(context, response, request.params.id));
  routes.post('/templates/:id/versions', json, (request, response) => postVersion(context, request, response, request.params.id));
  routes.get('/templates/:id/versions/:n', (request, response) => getVersion(context, response, request.params));
  routes.get('/templates/:id/export', (request, response) => exportTemplate(context, request, response, request.params.id));
  routes.post('/templates/:id/publish', optionalBody(jsonOf(MAX_VERB_BYTES)), (request, response) =>
    publishTemplate(context, request, response, request.params.id),
  );
  routes.post('/templates/:id/archive', (request, response) => archiveTemplate(context, response, request.params.id));
  routes.post('/templates/:id/restore', (request, response) => restoreTemplate(context, response, request.params.id));
  routes.post('/templates/:id/render', optionalBody(json), (request, response) =>
    renderForPeople(context, request, response, request.params.id),
  );
  return routes.done();
}
