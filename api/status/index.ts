import type { Router } from 'express';
import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { NOTICE_LEVELS, PART_STATES, type Status, type StatusNotice } from '../../domain/status/status';
import type { ApiContext, Authenticating } from '../deps';
import { preferredLanguage } from '../http/language';
import { parseWithNulls } from '../http/faults';
import { createRoutes, type Routes, type Steps } from '../http/routes';
import { sendJson } from '../http/send';
import { json, jsonBody, operation } from '../openapi/describe';
import { statusPage } from './page';
import { createStatusReader, type StatusDeps } from './read';

/** A browser asks again after this. */
const CACHE = 'public, max-age=5';
const PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** GET /status and /status.json: how the installation is, for everybody. */
export function statusRouter(context: Authenticating & StatusDeps): Router {
  const routes = createRoutes(context, '');
  const read = createStatusReader(context);
  routes.get('/status', async (request, response) => {
    const page = Buffer.from(statusPage(await read(), preferredLanguage(request, response)), 'utf8');
    response.setHeader('cache-control', CACHE);
    response.setHeader('content-security-policy', PAGE_POLICY);
    response.setHeader('x-content-type-options', 'nosniff');
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.setHeader('content-length', page.byteLength);
    response.end(page);
  });
  routes.get('/status.json', async (_request, response) => {
    const status = await read();
    response.setHeader('cache-control', CACHE);
    sendJson(response, 200, statusObject(status));
  });
  return routes.done();
}

const text = z.string().min(1).max(2_000);
const noticeObjectSchema = z.strictObject({
  level: z.enum(NOTICE_LEVELS).default('info').describe('degraded and outage show in `overall`.'),
  text: z.strictObject({ en: text.optional(), zh: text.optional() }).refine(({ en, zh }) => en !== undefined || zh !== undefined, {
    message: 'must have en, zh or both',
  }),
  until: z.iso.datetime({ offset: true }).nullish().describe('It is shown until then.'),
});
const noticeSchema = z.strictObject({
  notice: z.union([text, noticeObjectSchema, z.null()]).describe('A text, a text in each language, or null to take it away.'),
});

const noticeAnswer = z.object({
  level: z.enum(NOTICE_LEVELS),
  text: z.object({ en: z.string().optional(), zh: z.string().optional() }),
  until: z.iso.datetime().nullable(),
});
const part = z.enum(PART_STATES);
const statusAnswer = z
  .object({
    object: z.literal('status'),
    overall: part,
    api: part,
    workers: part,
    storage: part,
    providers: z
      .array(z.object({ name: z.string(), status: part }))
      .optional()
      .describe('If the installation tells their names (ATELIER_STATUS_PUBLIC).'),
    notice: noticeAnswer.nullable(),
    incidents: z.array(z.object({ id: z.string(), text: z.string(), lang: z.enum(['en', 'zh']), opened_at: z.iso.datetime() })),
    updated_at: z.iso.datetime(),
  })
  .meta({ id: 'Status' });

/** PUT /admin/v1/status: what operators say on the page. */
export function addStatusNotice(routes: Routes<'/admin/v1'>, context: Pick<ApiContext, 'statusStore'>, body: Steps): void {
  routes.put('/status', body, async (request, response) => {
    const notice = noticeOf(parseWithNulls(noticeSchema, request.body).notice);
    await context.statusStore.setNotice(notice);
    sendJson(response, 200, { object: 'status_notice', notice: notice === null ? null : shownNotice(notice) });
  });
}

function noticeOf(given: z.output<typeof noticeSchema>['notice']): StatusNotice | null {
  if (given === null) return null;
  if (typeof given === 'string') return { level: 'info', text: { en: given, zh: given }, until: null };
  const { en, zh } = given.text;
  const words = { ...(en === undefined ? {} : { en }), ...(zh === undefined ? {} : { zh }) };
  return { level: given.level, text: words, until: typeof given.until === 'string' ? new Date(given.until) : null };
}

function shownNotice({ level, text: words, until }: StatusNotice) {
  return { level, text: words, until: until?.toISOString() ?? null };
}

function statusObject({ overall, api, workers, storage, providers, notice, incidents, at }: Status) {
  return {
    object: 'status',
    overall,
    api,
    workers,
    storage,
    ...(providers === null ? {} : { providers: providers.map(({ name, state }) => ({ name, status: state })) }),
    notice: notice === null ? null : shownNotice(notice),
    incidents: incidents.map(({ id, text: words, language, openedAt }) => ({
      id,
      text: words,
      lang: language,
      opened_at: openedAt.toISOString(),
    })),
    updated_at: at.toISOString(),
  };
}

/** Paths of the status. */
export const statusPaths: ZodOpenApiPathsObject = {
  '/status': {
    get: operation({
      id: 'getStatusPage',
      tag: 'Process',
      summary: 'How the installation is, as a page',
      isOpen: true,
      answers: { '200': { description: 'The page.', content: { 'text/html': { schema: z.string() } } } },
    }),
  },
  '/status.json': {
    get: operation({
      id: 'getStatus',
      tag: 'Process',
      summary: 'How the installation is',
      isOpen: true,
      answers: { '200': json('At most five seconds old.', statusAnswer) },
    }),
  },
  '/admin/v1/status': {
    put: operation({
      id: 'setStatusNotice',
      tag: 'Alerts',
      summary: 'Say something on the status page',
      body: jsonBody(noticeSchema),
      answers: { '200': json('What it says now.', z.object({ object: z.literal('status_notice'), notice: noticeAnswer.nullable() })) },
    }),
  },
};
