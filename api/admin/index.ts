import type { Router } from 'express';
import type { ApiContext, Authenticating } from '../deps';
import { parseWith } from '../http/faults';
import { expectJson, readJson } from '../http/json-body';
import { createRoutes, type Steps } from '../http/routes';
import { sendJson } from '../http/send';
import { addAudit, type AuditDeps } from './audit';
import { addAlerts, type AlertsDeps } from './alerts';
import { addBackups, type BackupsDeps } from './backups';
import { addBacktest, type BacktestDeps } from './alerts/backtest';
import { addIncidents, type IncidentsDeps } from './alerts/incidents';
import { addCredit, type CreditDeps } from './credit';
import { addImports, type ImportsDeps } from './imports';
import { addKeys, type KeysDeps } from './keys';
import { ledgerObject } from './map';
import { addMembers, type MembersDeps } from './people/members';
import { addProjects } from './people/projects';
import { addTeams, type TeamsDeps } from './people/teams';
import { addUsers, type UsersDeps } from './people/users';
import { addOperations, type OperationsDeps } from './operations';
import { addSimulation, type SimulateDeps } from './catalogue/simulate';
import { addProviderHealth, type ProviderHealthDeps } from './catalogue/health';
import { addModels, type DefinedModelsDeps } from './catalogue/models';
import { addProviders, type ProvidersDeps } from './catalogue/providers';
import { addAdminLogs, type LogsDeps } from '../logs';
import { addSupport, type SupportDeps } from './support';
import { addStatusNotice } from '../status';
import { addUsage, type UsageDeps } from '../usage/admin';
import { addRetention, type RetentionDeps } from './retention';
import { configSchema, ledgerQuery } from './schema';

const MAX_BODY_BYTES = 4 * 1024 * 1024;

type Deps = Authenticating &
  AuditDeps &
  AlertsDeps &
  BacktestDeps &
  BackupsDeps &
  ImportsDeps &
  IncidentsDeps &
  CreditDeps &
  DefinedModelsDeps &
  KeysDeps &
  LogsDeps &
  MembersDeps &
  OperationsDeps &
  ProvidersDeps &
  ProviderHealthDeps &
  RetentionDeps &
  SimulateDeps &
  SupportDeps &
  TeamsDeps &
  UsageDeps &
  UsersDeps &
  Pick<ApiContext, 'catalogueStore' | 'configAdmin' | 'ledger' | 'statusStore'>;

/** Routes of /admin/v1. */
export function adminRouter(context: Deps): Router {
  const routes = createRoutes(context, '/admin/v1');
  const json: Steps = { then: [expectJson(MAX_BODY_BYTES), readJson(MAX_BODY_BYTES)] };

  addKeys(routes, context, json);

  routes.post('/config/check', json, async (request, response) => {
    const { yaml, env } = parseWith(configSchema, request.body);
    const faults = await context.configAdmin.check(yaml, env);
    sendJson(response, 200, { ok: faults.length === 0, faults });
  });
  routes.post('/config/apply', json, async (request, response) => {
    const { yaml, env } = parseWith(configSchema, request.body);
    sendJson(response, 200, await context.configAdmin.apply(yaml, env));
  });
  routes.get('/config/export', async (_request, response) => {
    sendJson(response, 200, await context.configAdmin.export());
  });

  routes.get('/teams/:team/callback_secret', async (request, response) => {
    const { team } = request.params;
    sendJson(response, 200, { team, callback_secret: await context.catalogueStore.callbackSecret(team) });
  });

  addUsers(routes, context, json);
  addTeams(routes, context, json);
  addMembers(routes, context, json);
  addProjects(routes, context, json);
  addProviders(routes, context, json);
  addOperations(routes, context);
  addModels(routes, context, json);
  addProviderHealth(routes, context);
  addSimulation(routes, context, json);
  addAdminLogs(routes, context);
  addAudit(routes, context);
  addSupport(routes, context);
  addRetention(routes, context, json);
  addBackups(routes, context, json);
  addImports(routes, context, json);

  // Before the routes that take an id.
  addBacktest(routes, context, json);
  addAlerts(routes, context, json);
  addIncidents(routes, context, json);
  addStatusNotice(routes, context, json);

  addCredit(routes, context, json);
  addUsage(routes, context, json);

  routes.get('/ledger/verify', async (request, response) => {
    const isFull = parseWith(ledgerQuery, request.query).full === 'true';
    sendJson(response, 200, ledgerObject(await context.ledger.verify({ isFull })));
  });
  return routes.done();
}
