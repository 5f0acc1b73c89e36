import { createHash, randomBytes } from 'node:crypto';
import { Router, type RequestHandler } from 'express';
import { parseUsd } from '../../domain/money/money';
import type { ApiContext, Authenticating } from '../deps';
import { scopeOf } from '../http/context';
import { parseWith } from '../http/faults';
import { expectJson, readJson } from '../http/json-body';
import { allowOnly } from '../http/methods';
import { sendJson } from '../http/send';
import { authenticate } from '../middleware/authenticate';
import { keyObject, ledgerObject } from './map';
import { addProviders, type ProvidersDeps } from './providers';
import { addSupport, type SupportDeps } from './support';
import { configSchema, listKeysSchema, newKeySchema } from './schema';

const MAX_BODY_BYTES = 4 * 1024 * 1024;

const onlyAdmins: RequestHandler = (_request, response, next) => {
  scopeOf(response, 'config.manage');
  // Answers hold keys and secrets.
  response.setHeader('cache-control', 'no-store');
  next();
};

type Deps = Authenticating & ProvidersDeps & SupportDeps & Pick<ApiContext, 'catalogueStore' | 'configAdmin' | 'ledger'>;

/** Routes of /admin/v1: for the admin key alone. */
export function adminRouter(context: Deps): Router {
  const router = Router();
  const json = [expectJson(MAX_BODY_BYTES), readJson(MAX_BODY_BYTES)];
  router.use(authenticate(context), onlyAdmins);

  router.get('/keys', async (request, response) => {
    const { team } = parseWith(listKeysSchema, request.query);
    const credentials = await context.catalogueStore.listCredentials(team ?? null);
    sendJson(response, 200, { object: 'list', data: credentials.map(keyObject), has_more: false });
  });
  router.post('/keys', ...json, async (request, response) => {
    const { team, name, class: credentialClass, limit_usd: limitUsd, models, ...given } = parseWith(newKeySchema, request.body);
    const limitMicroUsd = limitUsd === undefined || limitUsd === null ? null : parseUsd(limitUsd, 'limit_usd');
    const { key, keyHash, hint } = newKey();
    const credential = await context.catalogueStore.createCredential({
      team,
      name,
      class: credentialClass,
      limitMicroUsd,
      models,
      defaults: { images: given.images_default, models: given.models_default ?? null },
      keyHash,
      hint,
    });
    sendJson(response, 201, { ...keyObject(credential), key });
  });
  router.all('/keys', allowOnly('GET', 'POST'));

  router.delete('/keys/:team/:name', async (request, response) => {
    const { team, name } = request.params;
    sendJson(response, 200, keyObject(await context.catalogueStore.revokeCredential(team, name)));
  });
  router.all('/keys/:team/:name', allowOnly('DELETE'));

  router.post('/config/check', ...json, async (request, response) => {
    const { yaml, env } = parseWith(configSchema, request.body);
    const faults = await context.configAdmin.check(yaml, env);
    sendJson(response, 200, { ok: faults.length === 0, faults });
  });
  router.all('/config/check', allowOnly('POST'));
  router.post('/config/apply', ...json, async (request, response) => {
    const { yaml, env } = parseWith(configSchema, request.body);
    sendJson(response, 200, await context.configAdmin.apply(yaml, env));
  });
  router.all('/config/apply', allowOnly('POST'));

  router.get('/teams/:team/callback_secret', async (request, response) => {
    const { team } = request.params;
    sendJson(response, 200, { team, callback_secret: await context.catalogueStore.callbackSecret(team) });
  });
  router.all('/teams/:team/callback_secret', allowOnly('GET'));

  addProviders(router, context, json);
  addSupport(router, context);

  router.get('/ledger/verify', async (_request, response) => {
    sendJson(response, 200, ledgerObject(await context.ledger.verify()));
  });
  router.all('/ledger/verify', allowOnly('GET'));
  return router;
}

const HINT_LENGTH = 10;

/** A new key with what is stored of it: 192 random bits, so that its plain SHA-256 cannot be searched. */
function newKey(): { readonly key: string; readonly keyHash: string; readonly hint: string } {
  const key = `sk-at-${randomBytes(24).toString('base64url')}`;
  return { key, keyHash: createHash('sha256').update(key).digest('hex'), hint: key.slice(0, HINT_LENGTH) };
}
