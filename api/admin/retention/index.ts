import {
  RETENTION_KINDS,
  RETENTION_KIND_NAMES,
  type HoldObject,
  type LegalHold,
  type RetentionRule,
} from '../../../domain/retention/retention';
import type { ApiContext } from '../../deps';
import { parseWith } from '../../http/faults';
import type { Routes, Steps } from '../../http/routes';
import { sendJson, sendList } from '../../http/send';
import { newHoldSchema, retentionChangeSchema, runsQuery } from './schema';

export type RetentionDeps = Pick<ApiContext, 'newId' | 'now' | 'retention' | 'settings'>;

/** A preview counts so many things of a kind at most. */
const MOST_COUNTED = 100_000;

/** Routes of /admin/v1/retention. */
export function addRetention(routes: Routes<'/admin/v1'>, context: RetentionDeps, json: Steps): void {
  const { retention, settings } = context;

  routes.get('/retention', async (_request, response) => {
    sendJson(response, 200, await policyObject(context));
  });
  routes.put('/retention', json, async (request, response) => {
    const { rules } = parseWith(retentionChangeSchema, request.body);
    const wanted = rules.map(({ team = null, class: ofClass = null, ...rule }): RetentionRule => ({ ...rule, team, class: ofClass }));
    await retention.setRules(wanted, settings.configFile);
    sendJson(response, 200, await policyObject(context));
  });

  routes.get('/retention/holds', async (_request, response) => {
    sendList(response, (await retention.holds()).map(holdObject), ({ id }) => id);
  });
  routes.post('/retention/holds', json, async (request, response) => {
    const { reason, ...named } = parseWith(newHoldSchema, request.body);
    const hold = await retention.hold(context.newId('hold'), heldBy(named), reason);
    sendJson(response, 201, holdObject(hold));
  });
  routes.delete('/retention/holds/:id', async (request, response) => {
    await retention.release(request.params.id);
    sendJson(response, 200, { object: 'legal_hold', id: request.params.id, released: true });
  });

  routes.get('/retention/runs', async (request, response) => {
    const { limit, before } = parseWith(runsQuery, request.query);
    const runs = await retention.runs({ limit: limit + 1, before: before === undefined ? null : new Date(before) });
    const data = runs.slice(0, limit).map(({ startedAt, endedAt, ...removed }) => ({
      object: 'retention_run',
      ...removed,
      started_at: startedAt.toISOString(),
      ended_at: endedAt.toISOString(),
    }));
    sendList(response, data, (run) => run.started_at, runs.length > limit);
  });
  routes.get('/retention/preview', async (_request, response) => {
    const due = await retention.preview(context.now(), settings.logDays, MOST_COUNTED);
    const data = due.map((removed) => ({ object: 'retention_preview', ...removed }));
    sendList(response, data, ({ kind, team }) => `${kind}/${team ?? ''}`);
  });
}

async function policyObject({ retention, settings }: RetentionDeps) {
  return {
    object: 'retention',
    kinds: RETENTION_KIND_NAMES.map((kind) => {
      const { what, defaultDays, narrowest } = RETENTION_KINDS[kind];
      return { kind, what, default_days: kind === 'calls' ? settings.logDays : defaultDays, narrowest };
    }),
    rules: (await retention.rules()).map(({ managedBy, ...rule }) => ({ ...rule, managed_by: managedBy })),
  };
}

/** The schema has seen to it that there is one. */
function heldBy({ team, task, campaign }: Readonly<Partial<Record<HoldObject['kind'], string | undefined>>>): HoldObject {
  if (team !== undefined) return { kind: 'team', id: team };
  return task === undefined ? { kind: 'campaign', id: campaign ?? '' } : { kind: 'task', id: task };
}

function holdObject({ id, on, reason, createdAt }: LegalHold) {
  const of = (kind: HoldObject['kind']): string | null => (on.kind === kind ? on.id : null);
  return {
    object: 'legal_hold',
    id,
    team: of('team'),
    task: of('task'),
    campaign: of('campaign'),
    reason,
    created_at: createdAt.toISOString(),
  };
}
