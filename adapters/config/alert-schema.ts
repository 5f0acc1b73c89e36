import { z } from 'zod';
import { entryFaults, type AlertEntry } from '../../domain/alert/entry';
import { ALERT_ACTIONS, ALERT_RULES, ANOMALY_SUBJECTS, CHANNEL_TYPES, NOTICE_LANGUAGES, WATCHED_BUDGETS } from '../../domain/alert/rule';
import type { ConfigFault } from '../../domain/config/document';

/** Alerts as a configuration file writes them. Messages never quote a value: a chat's URL is a secret. */
const text = (most: number) => z.string('must be text').min(1, 'must not be empty').max(most, `must have at most ${most} characters`);
const oneOf = <Names extends readonly [string, ...string[]]>(names: Names) => z.enum(names, `must be one of ${names.join(', ')}`);
const whole = (most: number) => z.int('must be a whole number').min(1, 'must be at least 1').max(most, `must be at most ${most}`);
const usd = z
  .string('must be a decimal string in quotes, such as "20"')
  .regex(/^\d{1,12}(\.\d{1,6})?$/, 'must be a decimal string in quotes, such as "20"');

const quietHours = z.strictObject({
  from: text(5),
  to: text(5),
  time_zone: text(64).optional(),
  except_critical: z.boolean('must be true or false').optional(),
});

const channel = z.strictObject({
  type: oneOf(CHANNEL_TYPES),
  url: text(2_048)
    .refine((value) => /^https?:\/\//i.test(value) && URL.canParse(value), 'must be an http:// or https:// URL')
    .optional(),
  to: z.union([text(320), z.array(text(320)).min(1).max(20)], 'must be an e-mail address, or a list of them').optional(),
  secret: text(200).optional(),
  language: oneOf(NOTICE_LANGUAGES).optional(),
  quiet_hours: quietHours.optional(),
  after_minutes: whole(10_080).optional(),
});

const alert = z.strictObject({
  name: text(100).regex(
    /^[^\s/\p{C}]([^/\p{C}]{0,98}[^\s/\p{C}])?$/u,
    'must have 1 to 100 characters, without "/" and without spaces at its ends',
  ),
  rule: oneOf(ALERT_RULES),
  team: text(100).optional(),
  credential: text(100).optional(),
  thresholds: z
    .array(z.number('must be a number'), 'must be a list of numbers')
    .min(1, 'needs at least one')
    .max(10, 'has at most 10')
    .optional(),
  actions: z.array(oneOf(ALERT_ACTIONS), 'must be a list').optional(),
  channels: z.array(channel, 'must be a list').max(20, 'has at most 20').optional(),
  enabled: z.boolean('must be true or false').optional(),
  budgets: z.array(oneOf(WATCHED_BUDGETS), 'must be a list').min(1, 'needs at least one').optional(),
  min_usd: usd.optional(),
  by: z.array(oneOf(ANOMALY_SUBJECTS), 'must be a list').min(1, 'needs at least one').optional(),
  min_requests: whole(1_000_000).optional(),
  below_usd: usd.optional(),
  below: usd.optional(),
  currency: z
    .string('must be text')
    .regex(/^([A-Z]{3}|credits)$/, 'must be a currency such as USD or CNY, or credits')
    .optional(),
  provider: text(255).optional(),
  model: text(255).optional(),
  throttle_requests_per_minute: whole(1_000_000).optional(),
  max_cost_per_request_usd: usd.optional(),
});

export const alertList: z.ZodType<readonly AlertEntry[]> = z.array(alert, 'must be a list').max(500, 'has at most 500').default([]);

/** Faults between the fields of alerts, and names that are given twice. */
export function alertFaults(alerts: readonly AlertEntry[]): readonly ConfigFault[] {
  const names = alerts.map(({ name }) => name);
  return alerts.flatMap((entry, index): readonly ConfigFault[] => {
    const first = names.indexOf(entry.name);
    const repeated = first < index ? [{ path: `alerts[${index}].name`, message: `is the name of alerts[${first}] already` }] : [];
    return [...repeated, ...entryFaults(entry).map(({ path, message }) => ({ path: `alerts[${index}].${path}`, message }))];
  });
}
