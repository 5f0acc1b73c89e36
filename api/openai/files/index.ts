import type { Router } from 'express';
import { fileObject } from '../../../domain/file/object';
import type { ApiContext, Authenticating } from '../../deps';
import { sendObject } from '../../assets/send-object';
import { scopeOf } from '../../http/context';
import { parseWith } from '../../http/faults';
import { createRoutes } from '../../http/routes';
import { sendJson, sendList } from '../../http/send';
import { createFile } from './create';
import { findFile, noFile } from './find';
import { fileListQuery } from './schema';

type Deps = Authenticating & Pick<ApiContext, 'files' | 'newId' | 'objects'>;

/** Routes of /v1/files. */
export function filesRouter(context: Deps): Router {
  const routes = createRoutes(context, '/v1');

  routes.post('/files', async (request, response) => {
    sendJson(response, 200, fileObject(await createFile(context, request, response)));
  });
  routes.get('/files', async (request, response) => {
    const { purpose, limit, order, after } = parseWith(fileListQuery, request.query);
    if (after !== undefined) await findFile(context, response, after, 'after');
    const page = await context.files.list({
      teamId: scopeOf(response).teamId,
      ...(purpose === undefined ? {} : { purpose }),
      ...(after === undefined ? {} : { after }),
      order,
      limit,
    });
    sendList(response, page.data.map(fileObject), ({ id }) => id, page.hasMore);
  });
  routes.get('/files/:id', async (request, response) => {
    sendJson(response, 200, fileObject(await findFile(context, response, request.params.id)));
  });
  routes.delete('/files/:id', async (request, response) => {
    const { id } = request.params;
    if (!(await context.files.remove(id, scopeOf(response).teamId))) throw noFile(id);
    sendJson(response, 200, { id, object: 'file', deleted: true });
  });
  routes.get('/files/:id/content', async (request, response) => {
    const file = await findFile(context, response, request.params.id);
    await sendObject(context, request, response, { ...file, bytes: file.sizeBytes });
  });
  return routes.done();
}
