import { z } from 'zod';
import { CREDENTIAL_CLASSES } from '../../domain/access/classes';
import { MODALITIES } from '../../domain/provider/catalogue';
import { USAGE_DIMENSIONS, USAGE_INTERVALS, type UsageBound, type UsageDimension } from '../../domain/records/usage';
import { isTimeZone } from '../../domain/time-zone';
import { wholeListOf } from '../fields/list';

const time = z.iso.datetime({ offset: true });
const day = z.iso.date();
/** Postgres and JavaScript agree on these years. */
const YEARS = /^(19[7-9]|2\d\d)\d-/;

const bound = z
  .string()
  .refine((text) => YEARS.test(text) && (day.safeParse(text).success || time.safeParse(text).success), {
    error: 'must be a day such as 2026-11-01 or a time such as 2026-11-01T12:00:00Z',
  })
  .transform((text): UsageBound => (text.includes('T') ? { at: new Date(text) } : { day: text }));

const dimensions = z
  .string()
  .max(200)
  .transform((text) => [...new Set(text.split(',').filter((name) => name !== ''))])
  .refine((names): names is UsageDimension[] => names.every((name) => USAGE_DIMENSIONS.some((dimension) => dimension === name)), {
    error: `must be one or several of ${USAGE_DIMENSIONS.join(', ')}, with commas between them`,
  });

const name = z.string().min(1).max(255).optional();

/** Query of `GET /v1/usage` and `GET /admin/v1/usage`. */
export const usageQuery = z.strictObject({
  from: bound.optional().describe('A day (it begins in the time zone) or a time, rounded down to the hour. Default: when the month began.'),
  to: bound.optional().describe('Before it; a day or a time, rounded up to the hour. Default: now.'),
  interval: z
    .enum(USAGE_INTERVALS)
    .default('none')
    .describe('A row for each hour, day or month of the time zone; `none`: one for the whole time.'),
  group_by: dimensions.optional().describe(`A row for each value of these, with commas between them: ${USAGE_DIMENSIONS.join(', ')}.`),
  time_zone: z
    .string()
    .max(100)
    .refine(isTimeZone, 'must be a time zone such as "Europe/Berlin" or "UTC"')
    .optional()
    .describe("Default: the team's; UTC over several teams."),
  team: name,
  project: name,
  credential: name,
  class: z.enum(CREDENTIAL_CLASSES).optional(),
  member: name.describe('E-mail of the owner of keys.'),
  model: name.describe('As requests named it.'),
  provider: name.describe('Who served.'),
  campaign: name.describe('Its id.'),
  template: name,
  modality: z.enum(MODALITIES).optional(),
  format: z.enum(['json', 'csv']).default('json'),
});
export type UsageRequest = z.output<typeof usageQuery>;

const usd = z.string().describe('Decimal string of US dollars.');
const figures = z.object({
  requests: z.int().describe('Of which: `succeeded` and `failed` (refused, failed, cancelled or expired).'),
  succeeded: z.int(),
  failed: z.int(),
  input_tokens: z.int(),
  output_tokens: z.int(),
  images: z.int(),
  video_seconds: z.number(),
  cost_usd: usd.describe('What was charged, refunds taken off: as the ledger has it, to the micro-dollar.'),
  provider_cost_usd: usd.describe('What the providers took, by the `cost` of their routes, else as much as was charged.'),
});
const of = Object.fromEntries(USAGE_DIMENSIONS.map((dimension) => [dimension, z.string().nullable().optional()])) as Record<
  UsageDimension,
  z.ZodOptional<z.ZodNullable<z.ZodString>>
>;

export const usageAnswer = wholeListOf(
  z.object({ start: z.iso.datetime().describe('When the interval began.'), ...of, ...figures.shape }).meta({ id: 'UsageRow' }),
)
  .extend({
    from: z.iso.datetime(),
    to: z.iso.datetime(),
    time_zone: z.string(),
    total: figures,
    forecast: z.object({
      month_end_usd: usd.describe('What the current month will have cost, of the same filters: see docs/logs-and-usage.md.'),
    }),
  })
  .meta({ id: 'Usage' });
