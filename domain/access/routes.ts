import type { Action } from './permissions';

/** Needs no key: what the route serves is for everybody, or its address is the key. */
export type Open = 'open';
/** For whoever signed in, whatever their roles: their own account. */
export type SignedInOnly = 'signed_in';

/**
 * Every route of the API with the action that it is; `PERMISSIONS` says who may do that. A route without a row here cannot be
 * registered (`api/http/routes.ts`), and docs/permissions.md is written from this.
 */
export const ROUTES = {
  'GET /': 'open',
  'GET /v1': 'open',
  'GET /api/hello': 'open',
  'GET /healthz': 'open',
  'GET /readyz': 'open',
  'GET /metrics': 'open',
  'GET /openapi.json': 'open',

  'GET /auth/options': 'open',
  'POST /auth/login': 'open',
  'POST /auth/accept': 'open',
  /** Whoever is signed out already gets the same answer. */
  'POST /auth/logout': 'open',
  'GET /auth/me': 'signed_in',
  'PATCH /auth/me': 'signed_in',
  'GET /auth/sessions': 'signed_in',
  'DELETE /auth/sessions/:id': 'signed_in',

  'POST /v1/chat/completions': 'generation.create',
  'POST /v1/cursor/chat/completions': 'generation.create',
  'POST /v1/completions': 'generation.create',
  'POST /v1/messages': 'generation.create',
  'POST /v1/messages/count_tokens': 'generation.create',
  'POST /v1/responses': 'generation.create',
  'GET /v1/responses/:id': 'generation.read',
  'DELETE /v1/responses/:id': 'generation.control',
  'POST /v1/responses/:id/cancel': 'generation.control',
  'GET /v1/responses/:id/input_items': 'generation.read',
  'POST /v1/embeddings': 'generation.create',
  'POST /v1/moderations': 'generation.create',
  'POST /v1/audio/speech': 'generation.create',
  'GET /v1/models': 'model.read',
  'GET /v1/models/*id': 'model.read',
  'POST /v1/images/generations': 'generation.create',
  'POST /v1/images/edits': 'generation.create',
  'POST /v1/images/variations': 'generation.create',
  'POST /v1/videos': 'generation.create',
  'GET /v1/videos': 'generation.read',
  'GET /v1/videos/:id': 'generation.read',
  'DELETE /v1/videos/:id': 'generation.control',
  'GET /v1/videos/:id/content': 'generation.read',
  'POST /v1/videos/:id/remix': 'generation.create',
  'POST /v1/video/generations': 'generation.create',
  'GET /v1/video/generations/:id': 'generation.read',
  'GET /v1/assets/:id': 'generation.read',
  'GET /v1/assets/:id/content': 'generation.read',
  'GET /v1/assets/:id/thumbnail': 'generation.read',
  'POST /v1/tasks': 'generation.create',
  'GET /v1/tasks': 'generation.read',
  'POST /v1/tasks/estimate': 'generation.create',
  'GET /v1/tasks/:id': 'generation.read',
  'GET /v1/tasks/:id/events': 'generation.read',
  'GET /v1/tasks/:id/explanation': 'generation.read',
  'POST /v1/tasks/:id/cancel': 'generation.control',
  'GET /v1/tasks/:id/outputs/:n/content': 'generation.read',
  'POST /v1/tasks/:id/replay': 'generation.create',
  'GET /v1/tasks/:id/history': 'generation.read',
  'GET /v1/runs/failed': 'generation.read',
  'GET /v1/callbacks': 'generation.read',
  'GET /v1/callbacks/:id': 'generation.read',
  'POST /v1/callbacks/:id/redeliver': 'generation.control',
  'POST /v1/provider_callbacks/:taskId/:n/:signature': 'open',
  'POST /v1/campaigns': 'generation.create',
  'GET /v1/campaigns': 'generation.read',
  'GET /v1/campaigns/:id': 'generation.read',
  'PATCH /v1/campaigns/:id': 'generation.control',
  'GET /v1/campaigns/:id/items': 'generation.read',
  'GET /v1/campaigns/:id/events': 'generation.read',
  'POST /v1/campaigns/:id/start': 'generation.control',
  'POST /v1/campaigns/:id/pause': 'generation.control',
  'POST /v1/campaigns/:id/resume': 'generation.control',
  'POST /v1/campaigns/:id/cancel': 'generation.control',
  'POST /v1/campaigns/:id/retry': 'generation.control',
  'GET /v1/dashboard/billing/subscription': 'allowance.read',
  'GET /v1/dashboard/billing/usage': 'allowance.read',

  'GET /admin/v1/keys': 'key.read',
  'POST /admin/v1/keys': 'key.manage',
  'GET /admin/v1/keys/:team/:name': 'key.read',
  'PATCH /admin/v1/keys/:team/:name': 'key.manage',
  'DELETE /admin/v1/keys/:team/:name': 'key.manage',
  'POST /admin/v1/keys/:team/:name/rotate': 'key.manage',
  'POST /admin/v1/config/check': 'config.manage',
  'POST /admin/v1/config/apply': 'config.manage',
  'GET /admin/v1/users': 'user.read',
  'POST /admin/v1/users': 'user.invite',
  'GET /admin/v1/users/:user': 'user.read',
  'PATCH /admin/v1/users/:user': 'user.manage',
  'DELETE /admin/v1/users/:user': 'user.manage',
  'POST /admin/v1/users/:user/reset': 'user.manage',
  'GET /admin/v1/teams/:team/members': 'member.read',
  'PUT /admin/v1/teams/:team/members/:user': 'member.manage',
  'DELETE /admin/v1/teams/:team/members/:user': 'member.manage',
  'GET /admin/v1/teams/:team/callback_secret': 'team.secret',
  'GET /admin/v1/providers': 'provider.read',
  'GET /admin/v1/providers/:name': 'provider.read',
  'POST /admin/v1/providers/:name/enable': 'provider.manage',
  'POST /admin/v1/providers/:name/disable': 'provider.manage',
  'POST /admin/v1/providers/:name/breakers/reset': 'provider.manage',
  'POST /admin/v1/providers/:name/test': 'provider.manage',
  'GET /admin/v1/lookup': 'support.read',
  'GET /admin/v1/tasks/:id/bundle': 'support.read',
  'GET /admin/v1/ledger/verify': 'ledger.read',
} as const satisfies Record<string, Action | Open | SignedInOnly>;

/** A row of the table, such as "GET /v1/tasks/:id". */
export type RouteName = keyof typeof ROUTES;

/** Paths below a prefix that have a row for the method. */
export type PathBelow<Prefix extends string, Method extends string> = {
  [Name in RouteName]: Name extends `${Method} ${Prefix}${infer Path}` ? Path : never;
}[RouteName];
