import type { Router } from 'express';
import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import type { ApiContext, Authenticating } from '../deps';
import { requestSessionOf } from '../http/context';
import { createRoutes, jsonOf } from '../http/routes';
import { sendJson } from '../http/send';
import { json, jsonBody, operation } from '../openapi/describe';

const MAX_BODY_BYTES = 64 * 1024;

const preferencesSchema = z.record(z.string(), z.unknown()).meta({ id: 'Preferences' });

/** What a person's console remembers (views, columns, tour): kept as it is written, up to 64 KiB, and read by nobody else. */
export function preferencesRouter(context: Authenticating & Pick<ApiContext, 'people'>): Router {
  const routes = createRoutes(context, '/v1');
  routes.get('/me/preferences', async (_request, response) => {
    sendJson(response, 200, await context.people.preferences(requestSessionOf(response).live.person.id));
  });
  routes.put('/me/preferences', jsonOf(MAX_BODY_BYTES), async (request, response) => {
    const preferences: unknown = request.body;
    await context.people.setPreferences(requestSessionOf(response).live.person.id, preferences);
    sendJson(response, 200, preferences);
  });
  return routes.done();
}

export const preferencePaths: ZodOpenApiPathsObject = {
  '/v1/me/preferences': {
    get: operation({
      id: 'getPreferences',
      tag: 'Sign-in',
      summary: 'What your console remembers',
      isPersonal: true,
      answers: { '200': json('The preferences; {} at first.', preferencesSchema) },
    }),
    put: operation({
      id: 'setPreferences',
      tag: 'Sign-in',
      summary: 'Replace what your console remembers, at most 64 KiB',
      isPersonal: true,
      body: jsonBody(preferencesSchema),
      answers: { '200': json('The preferences.', preferencesSchema) },
    }),
  },
};
