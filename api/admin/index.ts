import { createHash, randomBytes } from 'node:crypto';
import type { Router } from 'express';
import { parseUsd } from '../../domain/money/money';
import type { ApiContext, Authenticating } from '../deps';
import { expectTeam, teamsOf } from '../http/context';
import { parseWith } from '../http/faults';
import { expectJson, readJson } from '../http/json-body';
import { createRoutes, type Steps } from '../http/routes';
import { sendJson } from '../http/send';
import { keyObject, ledgerObject } from './map';
import { addMembers, type MembersDeps } from './people/members';
import { addUsers, type UsersDeps } from './people/users';
import { addProviders, type ProvidersDeps } from './providers';
import { addSupport, type SupportDeps } from './support';
import { configSchema, listKeysSchema, newKeySchema } from './schema';

const MAX_BODY_BYTES = 4 * 1024 * 1024;

type Deps = Authenticating &
  MembersDeps &
  ProvidersDeps &
  SupportDeps &
  UsersDeps &
  Pick<ApiContext, 'catalogueStore' | 'configAdmin' | 'ledger'>;

/** Routes of /admin/v1. */
export function adminRouter(context: Deps): Router {
  const routes = createRoutes(context, '/admin/v1');
  const json: Steps = { then: [expectJson(MAX_BODY_BYTES), readJson(MAX_BODY_BYTES)] };

  routes.get('/keys', async (request, response) => {
    const { team } = parseWith(listKeysSchema, request.query);
    if (team !== undefined) expectTeam(response, 'key.read', team);
    const teams = teamsOf(response);
    const credentials = await context.catalogueStore.listCredentials(team ?? null);
    const within = credentials.filter((credential) => teams === null || teams.some(({ name }) => name === credential.team));
    sendJson(response, 200, { object: 'list', data: within.map(keyObject), has_more: false });
  });
  routes.post('/keys', json, async (request, response) => {
    const { team, name, class: credentialClass, limit_usd: limitUsd, models, ...given } = parseWith(newKeySchema, request.body);
    expectTeam(response, 'key.manage', team);
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

  routes.delete('/keys/:team/:name', async (request, response) => {
    const { team, name } = request.params;
    sendJson(response, 200, keyObject(await context.catalogueStore.revokeCredential(team, name)));
  });

  routes.post('/config/check', json, async (request, response) => {
    const { yaml, env } = parseWith(configSchema, request.body);
    const faults = await context.configAdmin.check(yaml, env);
    sendJson(response, 200, { ok: faults.length === 0, faults });
  });
  routes.post('/config/apply', json, async (request, response) => {
    const { yaml, env } = parseWith(configSchema, request.body);
    sendJson(response, 200, await context.configAdmin.apply(yaml, env));
  });

  routes.get('/teams/:team/callback_secret', async (request, response) => {
    const { team } = request.params;
    sendJson(response, 200, { team, callback_secret: await context.catalogueStore.callbackSecret(team) });
  });

  addUsers(routes, context, json);
  addMembers(routes, context, json);
  addProviders(routes, context, json);
  addSupport(routes, context);

  routes.get('/ledger/verify', async (_request, response) => {
    sendJson(response, 200, ledgerObject(await context.ledger.verify()));
  });
  return routes.done();
}

const HINT_LENGTH = 10;

/** A new key with what is stored of it: 192 random bits, so that its plain SHA-256 cannot be searched. */
function newKey(): { readonly key: string; readonly keyHash: string; readonly hint: string } {
  const key = `sk-at-${randomBytes(24).toString('base64url')}`;
  return { key, keyHash: createHash('sha256').update(key).digest('hex'), hint: key.slice(0, HINT_LENGTH) };
}
