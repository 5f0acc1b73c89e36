import { z } from 'zod';
import { CREDENTIAL_CLASSES } from '../../../domain/access/classes';
import { MOST_RETENTION_DAYS, RETENTION_KIND_NAMES, RETENTION_KINDS, type RetentionKind } from '../../../domain/retention/retention';
import { listOf, pageLimit, wholeListOf } from '../../fields/list';
import { orNull } from '../../http/nulls';

const name = z.string().min(1).max(100);
const id = z.string().min(1).max(100);
const kind = z.enum(RETENTION_KIND_NAMES);

const rule = z
  .strictObject({
    kind,
    team: orNull(name).optional().describe('Name of a team; null: all of them.'),
    class: orNull(z.enum(CREDENTIAL_CLASSES)).optional().describe('null: keys of every class.'),
    days: orNull(z.int().min(1).max(MOST_RETENTION_DAYS)).describe('null: for good.'),
  })
  .superRefine(({ kind: of, team, class: ofClass }, context) => {
    const { narrowest } = RETENTION_KINDS[of];
    const isTooNarrow = (field: string) => context.addIssue({ code: 'custom', path: [field], message: tooNarrow(of, field) });
    if (narrowest === 'installation' && (team ?? null) !== null) isTooNarrow('team');
    if (narrowest !== 'class' && (ofClass ?? null) !== null) isTooNarrow('class');
  });

function tooNarrow(of: RetentionKind, field: string): string {
  return `must be left out: ${of} have one retention for ${field === 'class' ? 'keys of every class' : 'the whole installation'}`;
}

/** Body of `PUT /admin/v1/retention`. */
export const retentionChangeSchema = z
  .strictObject({
    rules: z
      .array(rule)
      .max(5_000)
      .refine((rules) => new Set(rules.map(placeOf)).size === rules.length, 'must have one rule for each kind, team and class')
      .describe('All rules that are not in the configuration file; those that are left out go.'),
  })
  .meta({ id: 'RetentionChange' });

function placeOf({ kind: of, team, class: ofClass }: z.output<typeof rule>): string {
  return JSON.stringify([of, team ?? null, ofClass ?? null]);
}

/** Body of `POST /admin/v1/retention/holds`. */
export const newHoldSchema = z
  .strictObject({
    team: name.optional().describe('All that is of this team.'),
    task: id.optional().describe('Id of a task.'),
    campaign: id.optional().describe('Id of a campaign: with all its items.'),
    reason: z.string().trim().min(1).max(500),
  })
  .refine((body) => [body.team, body.task, body.campaign].filter((one) => one !== undefined).length === 1, {
    message: 'must name one of team, task and campaign',
  })
  .meta({ id: 'NewLegalHold' });

/** Query of `GET /admin/v1/retention/runs`. */
export const runsQuery = z.strictObject({
  limit: pageLimit,
  before: z.iso
    .datetime({ offset: true })
    .optional()
    .describe('Turns that began before this time: `started_at` of the last one of the page before.'),
});

const time = z.string().meta({ format: 'date-time' });
export const retentionAnswer = z
  .object({
    object: z.literal('retention'),
    kinds: z.array(
      z.object({
        kind,
        what: z.string(),
        default_days: z.int().nullable().describe('Where no rule says otherwise; null: for good.'),
        narrowest: z.enum(['class', 'team', 'installation']).describe('How narrow a rule may be.'),
      }),
    ),
    rules: z.array(
      z.object({
        kind,
        team: z.string().nullable(),
        class: z.enum(CREDENTIAL_CLASSES).nullable(),
        days: z.int().nullable(),
        managed_by: z.enum(['file', 'api']),
      }),
    ),
  })
  .meta({ id: 'Retention' });

export const holdAnswer = z
  .object({
    object: z.literal('legal_hold'),
    id: z.string(),
    team: z.string().nullable(),
    task: z.string().nullable(),
    campaign: z.string().nullable(),
    reason: z.string(),
    created_at: time,
  })
  .meta({ id: 'LegalHold' });
export const holdListAnswer = wholeListOf(holdAnswer);
export const releaseAnswer = z.object({ object: z.literal('legal_hold'), id: z.string(), released: z.literal(true) });

const removed = { kind, team: z.string().nullable(), rows: z.int(), bytes: z.int().describe('Of texts and files, where they are known.') };
export const runAnswer = z
  .object({ object: z.literal('retention_run'), ...removed, started_at: time, ended_at: time })
  .meta({ id: 'RetentionRun' });
export const runListAnswer = listOf(runAnswer);
export const previewAnswer = wholeListOf(z.object({ object: z.literal('retention_preview'), ...removed }));
