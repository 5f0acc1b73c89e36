import { z } from 'zod';
import { INCIDENT_STATES, NOTE_AUDIENCES, NOTICE_KINDS, SEVERITIES, TIMELINE_EVENTS } from '../../../domain/alert/incident';
import {
  ALERT_ACTIONS,
  ALERT_FAILURES,
  ALERT_RULES,
  ANOMALY_SUBJECTS,
  CHANNEL_TYPES,
  NOTICE_LANGUAGES,
  THRESHOLDS,
  WATCHED_BUDGETS,
} from '../../../domain/alert/rule';
import { listOf, pageLimit } from '../../fields/list';
import { orNull } from '../../http/nulls';

const name = z
  .string()
  .regex(/^[^\s/\p{C}]([^/\p{C}]{0,98}[^\s/\p{C}])?$/u, 'must have 1 to 100 characters, without "/" and without spaces at its ends');
const usd = z.string().regex(/^\d{1,12}(\.\d{1,6})?$/, 'must be a decimal string of US dollars such as "12.5"');
const named = z.string().min(1).max(255);
const units = ALERT_RULES.map((rule) => `${rule}: ${THRESHOLDS[rule].unit} (${THRESHOLDS[rule].usual.join(', ')})`).join('; ');
const language = z.enum(NOTICE_LANGUAGES);

const quietHours = z.strictObject({
  from: z.string().max(5).describe('"22:00"'),
  to: z.string().max(5).describe('"07:00"; before `from`: over midnight.'),
  time_zone: z.string().max(64).optional().describe('IANA name; default UTC.'),
  except_critical: z.boolean().optional().describe('Critical incidents are told all the same.'),
});
const channel = z.strictObject({
  id: z.string().max(64).optional().describe('Of a channel that the alert has: what is left out of it stays as it is.'),
  type: z.enum(CHANNEL_TYPES),
  url: z.string().min(1).max(2_048).optional().describe('Of a webhook, or the incoming webhook of a chat that speaks as Slack does.'),
  to: z
    .union([z.string().min(1).max(320), z.array(z.string().min(1).max(320)).min(1).max(20)])
    .optional()
    .describe('E-mail addresses.'),
  secret: z.string().min(1).max(200).optional().describe('Signs a webhook: whsec_ and base64. Left out: one is made and shown this once.'),
  language: language.optional().describe('Of what is told; default en.'),
  quiet_hours: orNull(quietHours).optional(),
  after_minutes: orNull(z.int().min(1).max(10_080))
    .optional()
    .describe('It is told only when nobody has acknowledged the incident for so long.'),
});

const fields = {
  team: orNull(named).optional().describe('Whose it is; null: the installation’s.'),
  credential: orNull(named).optional().describe('The one key that it watches.'),
  thresholds: z.array(z.number()).min(1).max(10).optional().describe(`Each fires at or above. Units and defaults: ${units}.`),
  actions: z.array(z.enum(ALERT_ACTIONS)).max(4).optional(),
  channels: z.array(channel).max(20).optional(),
  enabled: z.boolean().optional(),
  budgets: orNull(z.array(z.enum(WATCHED_BUDGETS)).min(1).max(6))
    .optional()
    .describe('Of `budget`: of what. Default: of the key or team that is named, else of the organisation and all teams.'),
  min_usd: usd.optional().describe('Of `anomaly`: what an hour must at least have cost; default 1.'),
  by: z.array(z.enum(ANOMALY_SUBJECTS)).min(1).max(3).optional().describe('Of `anomaly`: whose spending; default all three.'),
  min_requests: z.int().min(1).max(1_000_000).optional().describe('Of `error_rate` and `latency`: fewer calls say nothing; default 20.'),
  below_usd: usd.optional().describe('Of `provider_balance_low`: the same as `below` in USD.'),
  below: orNull(usd).optional().describe('Of `provider_balance_low`: it fires when less than this is left, in `currency`; default 10.'),
  currency: orNull(z.string().regex(/^([A-Z]{3}|credits)$/, 'must be a currency such as USD or CNY, or credits'))
    .optional()
    .describe('Of `below`; default USD. Balances in other currencies are left alone: nothing is converted.'),
  provider: orNull(named).optional(),
  model: orNull(named).optional(),
  throttle_requests_per_minute: z.int().min(1).max(1_000_000).optional().describe('Of the action `throttle`; default 6.'),
  max_cost_per_request_usd: orNull(usd).optional().describe('Of the action `limit_cost`.'),
};

/** Body of `POST /admin/v1/alerts`. */
export const newAlertSchema = z.strictObject({ name, rule: z.enum(ALERT_RULES), ...fields }).meta({ id: 'NewAlert' });

/** Body of `PATCH /admin/v1/alerts/{id}`. */
export const alertChangeSchema = newAlertSchema.partial().meta({ id: 'AlertChange' });

/** Query of `GET /admin/v1/alerts`. */
export const listAlertsSchema = z.strictObject({
  rule: z.enum(ALERT_RULES).optional(),
  team: z.string().optional(),
  after: z.string().optional(),
  limit: pageLimit,
});

const channelAnswer = z.object({
  id: z.string(),
  type: z.enum(CHANNEL_TYPES),
  url: z.string().optional().describe('Of a chat without its path, which is a secret.'),
  to: z.union([z.string(), z.array(z.string())]).optional(),
  has_secret: z.boolean().optional(),
  secret: z.string().optional().describe('In the answer that makes it only.'),
  language,
  quiet_hours: quietHours.nullable(),
  after_minutes: z.int().nullable(),
});

/** An alert. */
export const alertAnswer = z
  .object({
    id: z.string(),
    object: z.literal('alert'),
    name: z.string(),
    managed_by: z.enum(['file', 'api']),
    rule: z.enum(ALERT_RULES),
    team: z.string().nullable(),
    credential: z.string().nullable(),
    thresholds: z.array(z.number()),
    actions: z.array(z.enum(ALERT_ACTIONS)),
    budgets: z.array(z.enum(WATCHED_BUDGETS)).nullable(),
    min_usd: z.string(),
    by: z.array(z.enum(ANOMALY_SUBJECTS)),
    min_requests: z.int(),
    below: z.string().nullable().describe('Of `provider_balance_low`.'),
    currency: z.string().nullable(),
    provider: z.string().nullable(),
    model: z.string().nullable(),
    throttle_requests_per_minute: z.int(),
    max_cost_per_request_usd: z.string().nullable(),
    channels: z.array(channelAnswer),
    enabled: z.boolean(),
    created_at: z.iso.datetime(),
    updated_at: z.iso.datetime(),
    failure: z
      .object({ since: z.iso.datetime(), code: z.enum(ALERT_FAILURES), message: z.string() })
      .nullable()
      .describe('Since when it cannot be looked at, and why; null: the last look went well.'),
  })
  .meta({ id: 'Alert' });
export const alertListAnswer = listOf(alertAnswer);

export const deletedAnswer = z.object({ id: z.string(), object: z.literal('alert'), deleted: z.literal(true) });

const noticeAnswer = z.object({
  id: z.string(),
  channel_id: z.string(),
  kind: z.enum(NOTICE_KINDS),
  status: z.enum(['pending', 'delivered', 'failed', 'skipped']),
  tries: z.int(),
  error: z.string().nullable(),
  held_until: z.iso.datetime().nullable(),
  ended_at: z.iso.datetime().nullable(),
});
export const testAnswer = z.object({ object: z.literal('list'), data: z.array(noticeAnswer) });

/** Body of `POST /admin/v1/incidents/{id}/note`. */
export const noteSchema = z.strictObject({
  audience: z.enum(NOTE_AUDIENCES).default('users'),
  lang: language.default('en'),
  text: z.string().min(1).max(4_000),
});

/** Body of `POST /admin/v1/keys/{team}/{name}/freeze`. */
export const freezeSchema = z
  .strictObject({
    reason: z
      .string()
      .trim()
      .min(1)
      .max(500)
      .regex(/^\P{C}*$/u, 'must be one line')
      .describe('Whoever uses the key is told.'),
  })
  .meta({ id: 'FreezeKey' });
export const frozenAnswer = z.object({
  object: z.literal('key'),
  id: z.string().describe('"studio/site".'),
  frozen: z.literal(true),
  frozen_by: z.string().nullable().describe('`operator`, or the incident that froze it before.'),
  frozen_reason: z.string().nullable(),
});

/** Query of a single incident. */
export const incidentQuery = z.strictObject({
  lang: language.optional().describe('Of the title; default: the one that Accept-Language prefers, else English.'),
});

/** Query of `GET /admin/v1/incidents`. */
export const listIncidentsSchema = incidentQuery.extend({
  state: z
    .enum([...INCIDENT_STATES, 'active'])
    .optional()
    .describe('active: not resolved.'),
  rule: z.enum(ALERT_RULES).optional(),
  severity: z.enum(SEVERITIES).optional(),
  team: z.string().optional(),
  after: z.string().optional(),
  limit: pageLimit,
});

/** An incident. */
export const incidentAnswer = z
  .object({
    id: z.string(),
    object: z.literal('incident'),
    alert: z.object({ id: z.string(), name: z.string() }).nullable(),
    rule: z.enum(ALERT_RULES),
    severity: z.enum(SEVERITIES),
    state: z.enum(INCIDENT_STATES),
    title: z.string().describe('One sentence that says what happened and why.'),
    subject: z.record(z.string(), z.string()),
    opened_at: z.iso.datetime(),
    acknowledged_at: z.iso.datetime().nullable(),
    resolved_at: z.iso.datetime().nullable(),
    evidence: z.record(z.string(), z.unknown()).describe('Figures, as they were last seen.'),
    timeline: z.array(z.object({ at: z.iso.datetime(), event: z.enum(TIMELINE_EVENTS), actor: z.string(), detail: z.string().nullable() })),
    note: noteSchema.nullable(),
    notices: z.array(noticeAnswer).describe('Whom it was told.'),
  })
  .meta({ id: 'Incident' });
export const incidentListAnswer = listOf(incidentAnswer);
