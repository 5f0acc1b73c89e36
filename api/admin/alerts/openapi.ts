import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { backtestAnswer, backtestSchema } from './backtest';
import { json, jsonBody, operation } from '../../openapi/describe';
import {
  alertAnswer,
  alertChangeSchema,
  alertListAnswer,
  deletedAnswer,
  freezeSchema,
  frozenAnswer,
  incidentAnswer,
  incidentListAnswer,
  incidentQuery,
  listAlertsSchema,
  listIncidentsSchema,
  newAlertSchema,
  noteSchema,
  testAnswer,
} from './schema';

const tag = 'Alerts';
const path = ['id'];
const alert = { '200': json('The alert.', alertAnswer) };
const incident = { '200': json('The incident.', incidentAnswer) };
const released = z.object({ object: z.literal('key'), id: z.string(), released: z.boolean().describe('False: nothing was done to it.') });

/** Paths of alerts and incidents. */
export const alertPaths: ZodOpenApiPathsObject = {
  '/admin/v1/alerts': {
    get: operation({
      id: 'listAlerts',
      tag,
      summary: 'List alerts, newest first',
      query: listAlertsSchema,
      answers: { '200': json('The alerts.', alertListAnswer) },
    }),
    post: operation({
      id: 'createAlert',
      tag,
      summary: 'Create an alert; secrets that are made for its webhooks are shown only this once',
      body: jsonBody(newAlertSchema),
      answers: { '201': json('The alert.', alertAnswer) },
    }),
  },
  '/admin/v1/alerts/{id}': {
    get: operation({ id: 'getAlert', tag, summary: 'Show an alert, by its id or name', path, answers: alert }),
    patch: operation({
      id: 'changeAlert',
      tag,
      summary: 'Change an alert; what is not given stays',
      path,
      body: jsonBody(alertChangeSchema),
      answers: alert,
    }),
    delete: operation({
      id: 'deleteAlert',
      tag,
      summary: 'Delete an alert and resolve its incidents',
      path,
      answers: { '200': json('It is deleted.', deletedAnswer) },
    }),
  },
  '/admin/v1/alerts/{id}/test': {
    post: operation({
      id: 'testAlert',
      tag,
      summary: 'Send a test by each channel of an alert',
      path,
      answers: { '200': json('How each went; pending: it had not answered within 10 seconds.', testAnswer) },
    }),
  },
  '/admin/v1/alerts/backtest': {
    post: operation({
      id: 'backtestAlerts',
      tag,
      summary: 'What the rule anomaly would have found in the past, by whole hours',
      body: jsonBody(backtestSchema),
      answers: { '200': json('What it would have found.', backtestAnswer) },
    }),
  },
  '/admin/v1/incidents': {
    get: operation({
      id: 'listIncidents',
      tag,
      summary: 'List incidents, newest first',
      query: listIncidentsSchema,
      answers: { '200': json('The incidents.', incidentListAnswer) },
    }),
  },
  '/admin/v1/incidents/{id}': {
    get: operation({ id: 'getIncident', tag, summary: 'Show an incident', path, query: incidentQuery, answers: incident }),
  },
  '/admin/v1/incidents/{id}/acknowledge': {
    post: operation({
      id: 'acknowledgeIncident',
      tag,
      summary: 'Say that somebody looks after an incident; it is escalated no more',
      path,
      answers: incident,
    }),
  },
  '/admin/v1/incidents/{id}/resolve': {
    post: operation({
      id: 'resolveIncident',
      tag,
      summary: 'Resolve an incident; what it did to keys is undone',
      path,
      answers: incident,
    }),
  },
  '/admin/v1/incidents/{id}/note': {
    post: operation({
      id: 'noteIncident',
      tag,
      summary: 'Write what people are told of an incident',
      path,
      body: jsonBody(noteSchema),
      answers: incident,
    }),
  },
  '/admin/v1/keys/{team}/{name}/freeze': {
    post: operation({
      id: 'freezeKey',
      tag,
      summary: 'Refuse the requests of a key until it is unfrozen; its runs that have bought nothing end',
      path: ['team', 'name'],
      body: jsonBody(freezeSchema),
      answers: { '200': json('It is frozen.', frozenAnswer) },
    }),
  },
  '/admin/v1/keys/{team}/{name}/unfreeze': {
    post: operation({
      id: 'unfreezeKey',
      tag,
      summary: 'Undo what incidents and people did to a key; incidents stay open',
      path: ['team', 'name'],
      answers: { '200': json('What was done.', released) },
    }),
  },
};
