import type { Request, Response } from 'express';
import type { Incident, NoticeState } from '../../../domain/alert/incident';
import { incidentObject } from '../../../domain/alert/object';
import type { NoticeLanguage } from '../../../domain/alert/rule';
import { AppError } from '../../../domain/errors';
import type { ApiContext } from '../../deps';
import { actorOf } from '../../http/actor';
import { teamsOf } from '../../http/context';
import { preferredLanguage } from '../../http/language';
import { parseWith } from '../../http/faults';
import type { Routes, Steps } from '../../http/routes';
import { sendJson, sendList } from '../../http/send';
import { freezeSchema, incidentQuery, listIncidentsSchema, noteSchema } from './schema';

export type IncidentsDeps = Pick<ApiContext, 'catalogueStore' | 'incidents'>;

/** Routes of incidents. */
export function addIncidents(routes: Routes<'/admin/v1'>, context: IncidentsDeps, json: Steps): void {
  const { incidents } = context;
  routes.get('/incidents', async (request, response) => {
    const { lang, ...filter } = parseWith(listIncidentsSchema, request.query);
    const language = lang ?? preferredLanguage(request, response);
    const { data, hasMore } = await incidents.list({ ...filter, teamIds: teamIdsOf(response) });
    sendList(
      response,
      data.map((incident) => answerOf(incident, language)),
      ({ id }) => id,
      hasMore,
    );
  });
  routes.get('/incidents/:id', (request, response) => sendIncident(context, request, response, request.params.id));
  routes.post('/incidents/:id/acknowledge', async (request, response) => {
    const { id } = await findIncident(context, response, request.params.id);
    await incidents.acknowledge(id, actorOf(response));
    await sendIncident(context, request, response, id);
  });
  routes.post('/incidents/:id/resolve', async (request, response) => {
    const { id } = await findIncident(context, response, request.params.id);
    await incidents.resolve(id, actorOf(response));
    await sendIncident(context, request, response, id);
  });
  routes.post('/incidents/:id/note', json, async (request, response) => {
    const note = parseWith(noteSchema, request.body);
    const { id } = await findIncident(context, response, request.params.id);
    await incidents.note(id, actorOf(response), note);
    await sendIncident(context, request, response, id);
  });
  routes.post('/keys/:team/:name/freeze', json, async ({ params, body }, response) => {
    const { reason } = parseWith(freezeSchema, body);
    const { id } = await context.catalogueStore.credentials.find(params);
    await incidents.freeze(id, reason);
    const { team, name, frozenBy, frozenReason } = await context.catalogueStore.credentials.find(params);
    sendJson(response, 200, { object: 'key', id: `${team}/${name}`, frozen: true, frozen_by: frozenBy, frozen_reason: frozenReason });
  });
  routes.post('/keys/:team/:name/unfreeze', async ({ params }, response) => {
    const credential = await context.catalogueStore.credentials.find(params);
    const released = await incidents.release(credential.id, actorOf(response));
    sendJson(response, 200, { object: 'key', id: `${credential.team}/${credential.name}`, released });
  });
}

async function sendIncident(context: IncidentsDeps, request: Request, response: Response, id: string): Promise<void> {
  const { lang } = parseWith(incidentQuery, request.query);
  const language = lang ?? preferredLanguage(request, response);
  sendJson(response, 200, answerOf(await findIncident(context, response, id), language));
}

async function findIncident({ incidents }: Pick<IncidentsDeps, 'incidents'>, response: Response, id: string): Promise<Incident> {
  const incident = await incidents.find(id, teamIdsOf(response));
  if (incident === null) throw new AppError('not_found', `There is no incident ${JSON.stringify(id.slice(0, 100))}.`);
  return incident;
}

function teamIdsOf(response: Response): readonly number[] | null {
  return teamsOf(response)?.map(({ id }) => id) ?? null;
}

function answerOf(incident: Incident, language: NoticeLanguage) {
  return { ...incidentObject(incident, language), notices: incident.notices.map(noticeObject) };
}

/** How a notice stands. */
export function noticeObject({ id, channelId, kind, status, tries, error, heldUntil, endedAt }: NoticeState) {
  return {
    id,
    channel_id: channelId,
    kind,
    status,
    tries,
    error,
    held_until: heldUntil?.toISOString() ?? null,
    ended_at: endedAt?.toISOString() ?? null,
  };
}
