import { z } from 'zod';
import { ALERT_FAILURES } from '../../../domain/alert/rule';
import { wholeListOf } from '../../fields/list';

const time = z.iso.datetime();
const load = {
  waiting: z.int().describe('Counts end at 100,000.'),
  running: z.int(),
  oldest_age_s: z.number().nullable().describe('Of what waits, in seconds; null: nothing waits.'),
};

export const queueAnswer = z
  .object({
    object: z.literal('queue'),
    name: z
      .string()
      .describe('Of the Temporal task queue, without the prefix of the installation: "interactive", "media", "provider-fal".'),
    ...load,
    workers: z.int().nullable().describe('Processes that poll it; null: Temporal does not answer.'),
    capacity: z.int().nullable().describe('How many calls of a provider each worker makes at once; null: another kind of queue.'),
    loads: z
      .array(
        z.object({
          kind: z.string().describe('text, image, video; campaign, batch; callback, webhook.'),
          class: z.string().nullable().describe('Class of the keys; null: of deliveries and the steps of batches.'),
          ...load,
          held_by_rate: z.int().describe('Wait because their key has used up its rate; not in `waiting`.'),
        }),
      )
      .describe('By kind and class: only what there is.'),
  })
  .meta({ id: 'Queue' });
export const queueListAnswer = wholeListOf(queueAnswer);

export const systemAnswer = z
  .object({
    object: z.literal('system'),
    version: z.string().describe('Of the process that answers.'),
    at: time,
    ok: z.boolean().describe('All parts are up.'),
    parts: z.array(
      z.object({
        name: z.string().describe('api, worker, postgres, temporal, s3.'),
        status: z.enum(['up', 'down']),
        message: z.string().nullable().describe('What is wrong; null: nothing.'),
        processes: z.int().nullable().describe('Of api and worker: how many serve.'),
      }),
    ),
    processes: z
      .array(z.object({ id: z.string(), role: z.enum(['api', 'worker']), version: z.string().nullable(), started_at: time, seen_at: time }))
      .nullable(),
    temporal: z.object({
      address: z.string().nullable(),
      namespace: z.string().nullable(),
      version: z.string().nullable(),
      ui_url: z.string().nullable().describe('Of its web page (ATELIER_TEMPORAL_UI_URL).'),
    }),
    postgres: z.object({ version: z.string().nullable() }),
    backlog: z
      .object(load)
      .nullable()
      .describe('Generations that wait and run, whatever their kind, without those that wait for the rate of their key.'),
    callbacks: z.object({ pending: z.int(), failed: z.int().describe('Given up within a day.') }).nullable(),
    breakers: z
      .array(z.object({ provider: z.string(), key: z.string(), model: z.string(), state: z.enum(['open', 'half_open']), opened_at: time }))
      .nullable()
      .describe('Those that keep calls away.'),
    incidents_open: z.int().nullable().describe('Not resolved.'),
    alerts_failing: z
      .array(z.object({ name: z.string(), rule: z.string(), since: time, code: z.enum(ALERT_FAILURES), message: z.string() }))
      .nullable()
      .describe('Alerts that cannot be looked at: nothing is told of what they watch.'),
    balances: z
      .array(
        z.object({
          provider: z.string(),
          key: z.string(),
          amount: z.string(),
          currency: z.string(),
          at: time.nullable().describe('When it was told.'),
          error: z.string().nullable().describe('Why it could not be asked since.'),
        }),
      )
      .nullable()
      .describe('What is left of accounts with providers that can be asked, as they tell it: nothing is converted.'),
    backup_to: z
      .string()
      .nullable()
      .describe(
        'Where backups that are asked for by the API go (ATELIER_BACKUP_TO): a folder of the workers, or s3://BUCKET/PREFIX; null: nowhere.',
      ),
    spend_today: z.object({ usd: z.string(), since: time.describe('Midnight, UTC.') }).nullable(),
  })
  .meta({
    id: 'System',
    description: 'What Postgres or Temporal would know is null while it does not answer.',
  });
