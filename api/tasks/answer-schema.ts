import { budgetDetails } from '../fields/budget';
import { z } from 'zod';
import { CAUSES } from '../../domain/explanation/causes';
import { CREDENTIAL_CLASSES } from '../../domain/access/caller';
import { TASK_STATUSES } from '../../domain/task/task';

const time = z.string().meta({ format: 'date-time' });
const usd = z.string().describe('US dollars as a decimal string.');

export const taskOutputAnswer = z
  .object({
    id: z.string(),
    kind: z.enum(['image', 'video', 'audio', 'other']),
    url: z.string().nullable().describe('Works without a key until `expires_at`; signed again at every read.'),
    expires_at: time.nullable(),
    content_type: z.string(),
    width: z.int().nullable(),
    height: z.int().nullable(),
    duration_s: z.number().nullable(),
    bytes: z.int(),
    sha256: z.string(),
    thumbnail_url: z.string().nullable(),
    revised_prompt: z.string().nullable(),
    notice: z
      .string()
      .nullable()
      .describe('What was requested but could not be applied to the file, such as a conversion; null if nothing.'),
  })
  .meta({ id: 'TaskOutput' });

/** Outputs that were asked for and are not there. */
export const missingOutputsAnswer = z
  .array(
    z
      .object({
        index: z.int().describe('Position among the requested outputs, from 0.'),
        code: z.string(),
        message: z.string(),
      })
      .meta({ id: 'MissingOutput' }),
  )
  .describe('A task succeeds with the outputs that could be retrieved; the others are listed here, each with its reason.');

const usage = z.object({
  input_tokens: z.int(),
  cached_input_tokens: z.int(),
  cache_write_input_tokens: z.int().optional().describe("Written to the vendor's cache; among the input tokens."),
  output_tokens: z.int(),
  reasoning_tokens: z.int(),
  images: z.int(),
  seconds: z.number(),
  characters: z.int().optional().describe('Of a text that was read aloud.'),
  estimated: z.boolean().describe('True if the provider reported nothing and we counted.'),
});

const attempt = z
  .object({
    n: z.int(),
    provider: z.string(),
    model: z.string(),
    started_at: time,
    ended_at: time.nullable(),
    outcome: z.enum(['running', 'accepted', 'succeeded', 'failed', 'cancelled', 'unknown']),
    error_code: z.string().nullable(),
    provider_code: z.string().nullable().describe("The provider's own code; for a running job, a status that is not known here."),
    provider_message: z.string().nullable(),
    upstream_id: z.string().nullable(),
    cost: usd,
  })
  .meta({ id: 'TaskAttempt' });

const route = z.object({ provider: z.string(), model: z.string() });
const skipped = z.array(z.object({ provider: z.string(), reason: z.string() }));

export const taskErrorAnswer = z
  .object({
    code: z.string(),
    message: z.string(),
    retryable: z.boolean(),
    provider_code: z.string().nullable(),
    provider_message: z.string().nullable(),
    details: budgetDetails.optional().describe('Of `insufficient_quota`.'),
  })
  .meta({ id: 'TaskError' });

/** A task as the endpoints of /v1/tasks answer it. */
export const taskAnswer = z
  .object({
    id: z.string(),
    object: z.literal('task'),
    type: z.enum(['text', 'image', 'video']),
    model: z.string().describe('The model that serves; `routing.requested` is the one that was asked for.'),
    status: z.enum(TASK_STATUSES),
    phase: z.string(),
    progress: z.number().min(0).max(1).describe('Never decreases; 1 only once succeeded.'),
    created_at: time,
    started_at: time.nullable(),
    finished_at: time.nullable(),
    queue: z
      .object({ position: z.int().describe('From 1: the next one.'), ahead_of: z.int().describe('How many wait behind it.') })
      .nullable()
      .describe('Where it waits for a provider that is at its limit; null: it does not.'),
    preview_url: z
      .string()
      .nullable()
      .describe(
        'The newest unfinished image of a running task that asked for `output.partial_images`; read with a key. Null: there is none.',
      ),
    input: z.record(z.string(), z.unknown()).nullable().describe('Null once `expired_contents_at` is set.'),
    params: z.record(z.string(), z.unknown()).optional(),
    expired_contents_at: time
      .nullable()
      .describe("When the team's retention ended: input, text and files are removed; costs and attempts stay. Null: they are kept."),
    output: z.record(z.string(), z.unknown()),
    outputs: z.array(taskOutputAnswer),
    missing_outputs: missingOutputsAnswer,
    late_outputs: z
      .object({ attempt: z.int(), count: z.int() })
      .nullable()
      .describe(
        'Results that the provider delivered although the task was cancelled, came too late or could not be stored; also what came after its end. A replay without overrides takes them up and is not charged. Null: there are none.',
      ),
    text: z.string().nullable(),
    usage: usage.nullable(),
    cost: z.object({
      currency: z.literal('USD'),
      estimated: usd,
      reserved: usd,
      actual: usd.nullable(),
      refunded: usd.optional().describe('What was given back of `actual` after the end. Absent: nothing.'),
      settled_at: time.nullable(),
      lines: z.array(z.object({ item: z.string(), quantity: z.number(), unit_usd: z.string(), usd: z.string() })),
    }),
    routing: z.object({ requested: z.string(), selected: route.nullable(), attempts: z.array(attempt), skipped }),
    error: taskErrorAnswer
      .extend({ cause: z.enum(CAUSES).describe('Whose doing it was, as the explanation says.') })
      .meta({ id: 'TaskFailure' })
      .nullable(),
    credential: z.object({ name: z.string(), class: z.enum(CREDENTIAL_CLASSES) }),
    team: z.string(),
    external_id: z.string().nullable(),
    metadata: z.record(z.string(), z.string()),
    callback_url: z.string().nullable(),
    priority: z.enum(['low', 'normal', 'high']),
    deadline_at: time.nullable(),
    cancel_requested_at: time.nullable(),
    replay_of: z.string().nullable(),
    campaign_id: z.string().nullable(),
    template: z.object({ name: z.string(), version: z.int() }).nullable().describe('What it was rendered from.'),
    links: z.object({ self: z.string(), events: z.string(), cancel: z.string(), result: z.string() }),
  })
  .meta({ id: 'Task' });

/** A task in a list. */
export const taskSummaryAnswer = taskAnswer.omit({ input: true, params: true, preview_url: true, queue: true, text: true }).meta({
  id: 'TaskSummary',
  description: 'A task without `input`, `params`, `preview_url`, `queue` and `text`; the single task has them.',
});

export const estimateAnswer = z
  .object({
    object: z.literal('task.estimate'),
    type: z.enum(['text', 'image', 'video']),
    model: z.string(),
    cost: z.object({ currency: z.literal('USD'), estimated: usd, reserved: usd }),
    fits: z.boolean().describe('All budgets that bind the caller have room for it now.'),
    budget: z
      .object({ name: z.string(), remaining_usd: usd, resets_at: time.nullable() })
      .nullable()
      .describe('The one with the least left; null: none binds the caller.'),
    duration_s: z.int().nullable().describe('How long tasks of the model took of late; null: there is nothing to go by.'),
    routing: z.object({ requested: z.string(), candidates: z.array(route.extend({ estimated_usd: usd })), skipped }),
  })
  .meta({ id: 'TaskEstimate' });
