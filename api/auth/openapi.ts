import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { json, jsonBody, operation } from '../openapi/describe';
import { acceptSchema, changeSchema, loginSchema, meSchema, optionsSchema, revokedSchema, sessionListSchema } from './schema';

const tag = 'Sign-in';

/** Paths of signing in. */
export const authPaths: ZodOpenApiPathsObject = {
  '/auth/options': {
    get: operation({
      id: 'getSignInOptions',
      tag,
      summary: 'How people can sign in here',
      isOpen: true,
      answers: { '200': json('The ways.', optionsSchema) },
    }),
  },
  '/auth/login': {
    post: operation({
      id: 'login',
      tag,
      summary: 'Sign in with e-mail and password; sets the cookie of a session',
      isOpen: true,
      body: jsonBody(loginSchema),
      answers: { '200': json('Who signed in.', meSchema) },
    }),
  },
  '/auth/accept': {
    post: operation({
      id: 'acceptInvitation',
      tag,
      summary: 'Choose a password with the token of a link, which works once, and sign in',
      isOpen: true,
      body: jsonBody(acceptSchema),
      answers: { '200': json('Who signed in.', meSchema) },
    }),
  },
  '/auth/oidc/start': {
    get: operation({
      id: 'startOidc',
      tag,
      summary: 'Go to the identity provider',
      isOpen: true,
      query: z.object({ next: z.string().optional().describe('A path here to go to afterwards; default /console/.') }),
      answers: { '303': { description: "To the identity provider's page." } },
    }),
  },
  '/auth/oidc/callback': {
    get: operation({
      id: 'finishOidc',
      tag,
      summary: 'Come back from the identity provider; sets the cookie of a session',
      isOpen: true,
      query: z.object({ code: z.string().optional(), state: z.string().optional() }),
      answers: { '303': { description: 'To the path that was to be next.' } },
    }),
  },
  '/auth/logout': {
    post: operation({
      id: 'logout',
      tag,
      summary: 'End the session',
      isPersonal: true,
      answers: { '204': { description: 'It has ended.' } },
    }),
  },
  '/auth/me': {
    get: operation({
      id: 'getMe',
      tag,
      summary: 'Who is signed in, and the CSRF token of the session',
      isPersonal: true,
      answers: { '200': json('The person.', meSchema) },
    }),
    patch: operation({
      id: 'changeMe',
      tag,
      summary: 'Change your name, language, time zone or password',
      isPersonal: true,
      body: jsonBody(changeSchema),
      answers: { '200': json('The person.', meSchema) },
    }),
  },
  '/auth/sessions': {
    get: operation({
      id: 'listSessions',
      tag,
      summary: 'List your live sessions',
      isPersonal: true,
      answers: { '200': json('The sessions, the latest first.', sessionListSchema) },
    }),
  },
  '/auth/sessions/{id}': {
    delete: operation({
      id: 'revokeSession',
      tag,
      summary: 'End one of your sessions at once',
      isPersonal: true,
      path: ['id'],
      answers: { '200': json('The session that ended.', revokedSchema) },
    }),
  },
};
