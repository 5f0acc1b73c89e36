import { randomBytes } from 'node:crypto';
import type { Request, Response } from 'express';
import { UNBOUND } from '../../domain/access/caller';
import { NO_LIMITS, type CredentialChange, type CredentialPlace, type NewKey } from '../../domain/access/credential';
import { managedByFile } from '../../domain/config/document';
import type { ApiContext } from '../deps';
import { expectTeam, principalOf, teamsOf } from '../http/context';
import { parseWith } from '../http/faults';
import { optionalBody, type Routes, type Steps } from '../http/routes';
import { sendJson, sendList } from '../http/send';
import { hashOf } from '../http/token';
import { changeOf, keyObject } from './key-object';
import { expectWithinTeam, type BudgetsDeps } from './people/budgets';
import { keyChangeSchema, listKeysSchema, newKeySchema, rotationSchema } from './key-schema';

export type KeysDeps = BudgetsDeps & Pick<ApiContext, 'catalogueStore' | 'settings'>;

/** Routes of keys. */
export function addKeys(routes: Routes<'/admin/v1'>, context: KeysDeps, json: Steps): void {
  const credentials = () => context.catalogueStore.credentials;
  routes.get('/keys', (request, response) => listKeys(context, request, response));
  routes.post('/keys', json, (request, response) => createKey(context, request, response));
  routes.get('/keys/:team/:name', async (request, response) => {
    sendJson(response, 200, keyObject(await credentials().find(request.params)));
  });
  routes.patch('/keys/:team/:name', json, async ({ params, body }, response) => {
    const change = changeOf(parseWith(keyChangeSchema, body));
    await expectOurs(context, params);
    await expectLimitsWithin(context, response, params.team, change);
    sendJson(response, 200, keyObject(await credentials().change(params, change)));
  });
  routes.post('/keys/:team/:name/rotate', optionalBody(json), async ({ params, body }, response) => {
    const { overlap_s: overlapS } = parseWith(rotationSchema, (body as unknown) ?? {});
    await expectOurs(context, params);
    const { key, ...kept } = newKey();
    sendJson(response, 200, { ...keyObject(await credentials().rotate(params, kept, overlapS)), key });
  });
  routes.delete('/keys/:team/:name', async ({ params }, response) => {
    await expectOurs(context, params);
    sendJson(response, 200, keyObject(await credentials().revoke(params)));
  });
}

/** GET /admin/v1/keys: in the order of team and name. */
async function listKeys({ catalogueStore }: KeysDeps, request: Request, response: Response): Promise<void> {
  const { after, ...filter } = parseWith(listKeysSchema, request.query);
  if (filter.team !== undefined) expectTeam(response, 'key.read', filter.team);
  const { data, hasMore } = await catalogueStore.credentials.list({
    teams: teamsOf(response)?.map(({ name }) => name) ?? null,
    ...filter,
    after: after === undefined ? undefined : placeOf(after),
  });
  sendList(response, data.map(keyObject), ({ id }) => id, hasMore);
}

/** POST /admin/v1/keys: the key is in this answer only. */
async function createKey(context: KeysDeps, request: Request, response: Response): Promise<void> {
  const body = parseWith(newKeySchema, request.body);
  expectTeam(response, 'key.manage', body.team);
  const wanted = changeOf(body);
  await expectLimitsWithin(context, response, body.team, wanted);
  const { bounds, defaults, limits, ...change } = wanted;
  const { key, ...kept } = newKey();
  const credential = await context.catalogueStore.credentials.create({
    project: null,
    owner: null,
    purpose: null,
    ...change,
    team: body.team,
    name: body.name,
    class: body.class,
    models: body.models,
    bounds: { ...UNBOUND, ...bounds, rate: { ...UNBOUND.rate, ...bounds?.rate } },
    defaults: { images: body.images_default, models: null, ...defaults },
    limits: { ...NO_LIMITS, ...limits },
    ...kept,
  });
  sendJson(response, 201, { ...keyObject(credential), key });
}

/** A manager's keys stay within the team's budget. @throws AppError `invalid_value` */
async function expectLimitsWithin(context: KeysDeps, response: Response, name: string, { limits = {} }: CredentialChange): Promise<void> {
  const wanted = { changes: limits, param: 'limits', unit: '_usd' } as const;
  if (Object.keys(limits).length > 0) {
    await expectWithinTeam(context, principalOf(response), await context.catalogueStore.teams.find(name), wanted);
  }
}

/** What the configuration file names is changed there. @throws AppError `managed_by_file`, `not_found` */
async function expectOurs({ catalogueStore, settings: { configFile } }: KeysDeps, place: CredentialPlace): Promise<void> {
  const { managedBy } = await catalogueStore.credentials.find(place);
  if (managedBy === 'file') throw managedByFile(`The key ${place.team}/${place.name}`, configFile);
}

function placeOf(id: string): CredentialPlace {
  const slash = id.indexOf('/');
  return { team: id.slice(0, slash), name: id.slice(slash + 1) };
}

const HINT_LENGTH = 10;

/** A new key with what is stored of it: 192 random bits, so that its plain SHA-256 cannot be searched. */
function newKey(): NewKey & { readonly key: string } {
  const key = `sk-at-${randomBytes(24).toString('base64url')}`;
  return { key, keyHash: hashOf(key), hint: key.slice(0, HINT_LENGTH) };
}
