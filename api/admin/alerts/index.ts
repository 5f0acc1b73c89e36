import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { alertBody, entryFaults, type AlertEntry } from '../../../domain/alert/entry';
import { alertObject } from '../../../domain/alert/object';
import type { Alert, Channel } from '../../../domain/alert/rule';
import { managedByFile } from '../../../domain/config/document';
import { AppError } from '../../../domain/errors';
import type { ApiContext } from '../../deps';
import { actorOf } from '../../http/actor';
import { parseWith } from '../../http/faults';
import type { Routes, Steps } from '../../http/routes';
import { sendJson, sendList } from '../../http/send';
import { noticeObject } from './incidents';
import { alertChangeSchema, listAlertsSchema, newAlertSchema } from './schema';

export type AlertsDeps = Pick<ApiContext, 'alerts' | 'egress' | 'newId' | 'notices' | 'now' | 'settings'>;

/** Of the API; those of the file come on top. */
const MOST_ALERTS = 500;
/** How long a test waits for its channels to answer. */
const TEST_WAITS_MS = 10_000;
const LOOK_EVERY_MS = 200;

/** Routes of alerts. */
export function addAlerts(routes: Routes<'/admin/v1'>, context: AlertsDeps, json: Steps): void {
  const { alerts, notices } = context;
  routes.get('/alerts', async (request, response) => {
    const { data, hasMore } = await alerts.list(parseWith(listAlertsSchema, request.query));
    sendList(response, data.map(alertObject), ({ id }) => id, hasMore);
  });
  routes.post('/alerts', json, async (request, response) => {
    const entry = parseWith(newAlertSchema, request.body);
    const id = context.newId('alert');
    await checkEntry(context, entry);
    const body = bodyOf(entry, null, id);
    const alert = await alerts.create({ ...body, id }, MOST_ALERTS);
    sendJson(response, 201, withNewSecrets(alert, []));
  });
  routes.get('/alerts/:id', async ({ params }, response) => {
    sendJson(response, 200, alertObject(await findAlert(context, params.id)));
  });
  routes.patch('/alerts/:id', json, async ({ params, body: given }, response) => {
    const change = parseWith(alertChangeSchema, given);
    const kept = await findOurs(context, params.id);
    const whole: AlertEntry = {
      ...change,
      name: change.name ?? kept.name,
      rule: change.rule ?? kept.rule,
    };
    await checkEntry(context, withKept(whole, kept));
    const changed = await alerts.change(kept.id, bodyOf(whole, kept, kept.id));
    if (changed === null) throw unknownAlert(params.id);
    sendJson(response, 200, withNewSecrets(changed, kept.channels));
  });
  routes.delete('/alerts/:id', async ({ params }, response) => {
    const { id } = await findOurs(context, params.id);
    if (!(await alerts.remove(id, actorOf(response), context.now()))) throw unknownAlert(params.id);
    sendJson(response, 200, { id, object: 'alert', deleted: true });
  });
  routes.post('/alerts/:id/test', async ({ params }, response) => {
    const alert = await findAlert(context, params.id);
    if (alert.channels.length === 0) throw new AppError('invalid_value', 'The alert has no channels to test.', { param: 'channels' });
    const sent = await notices.test(alert);
    const ids = sent.map(({ id }) => id);
    let states = sent;
    for (const deadline = performance.now() + TEST_WAITS_MS; performance.now() < deadline;) {
      await pause(LOOK_EVERY_MS);
      states = await notices.find(ids);
      if (states.every(({ tries }) => tries > 0)) break;
    }
    sendJson(response, 200, { object: 'list', data: states.map(noticeObject) });
  });
}

async function findAlert({ alerts }: Pick<AlertsDeps, 'alerts'>, id: string): Promise<Alert> {
  const alert = await alerts.find(id);
  if (alert === null) throw unknownAlert(id);
  return alert;
}

/** What the configuration file names is changed there. @throws AppError `managed_by_file`, `not_found` */
async function findOurs(context: Pick<AlertsDeps, 'alerts' | 'settings'>, id: string): Promise<Alert> {
  const alert = await findAlert(context, id);
  if (alert.managedBy === 'file') throw managedByFile(`The alert ${alert.name}`, context.settings.configFile);
  return alert;
}

function unknownAlert(id: string): AppError {
  return new AppError('not_found', `There is no alert ${JSON.stringify(id.slice(0, 100))}.`);
}

/** @throws AppError `invalid_value`, `invalid_url` with the parameter at fault */
async function checkEntry({ egress, settings }: Pick<AlertsDeps, 'egress' | 'settings'>, entry: AlertEntry): Promise<void> {
  const [fault] = entryFaults(entry);
  if (fault !== undefined) throw new AppError('invalid_value', `Invalid ${fault.path}: it ${fault.message}.`, { param: fault.path });
  for (const [index, { type, url, id }] of (entry.channels ?? []).entries()) {
    if (type === 'email' && !settings.hasMail && id === undefined) {
      const what = 'E-mail is not set up at this installation: its operator sets ATELIER_SMTP_URL first.';
      throw new AppError('invalid_value', what, { param: `channels[${index}].type` });
    }
    if (url !== undefined) await egress.check(url, `channels[${index}].url`);
  }
}

/** The entry with what the alert has where it says nothing, for checks between fields. */
function withKept(entry: AlertEntry, { team, credential, settings }: Alert): AlertEntry {
  const ceiling = settings.ceilingMicroUsd === null ? null : '0';
  return {
    ...entry,
    team: entry.team === undefined ? (team?.name ?? null) : entry.team,
    credential: entry.credential === undefined ? (credential?.name ?? null) : entry.credential,
    actions: entry.actions ?? settings.actions,
    max_cost_per_request_usd: entry.max_cost_per_request_usd === undefined ? ceiling : entry.max_cost_per_request_usd,
  };
}

function bodyOf(entry: AlertEntry, kept: Alert | null, alertId: string) {
  return alertBody(entry, kept, {
    alertId,
    digest: (text) => createHash('sha256').update(text).digest('hex'),
    newSecret: () => `whsec_${randomBytes(32).toString('base64')}`,
  });
}

/** The alert, with the secrets of those of its channels that were not there before: this once. */
function withNewSecrets(alert: Alert, before: readonly Channel[]) {
  const shown = alertObject(alert);
  const isNew = ({ id, secret }: Channel): boolean => secret !== null && !before.some((one) => one.id === id && one.secret === secret);
  return {
    ...shown,
    channels: shown.channels.map((channel, index) => {
      const stored = alert.channels[index];
      return stored !== undefined && isNew(stored) ? { ...channel, secret: stored.secret } : channel;
    }),
  };
}
