import { z } from 'zod';
import { CREDENTIAL_CLASSES } from '../../../domain/access/classes';
import { BODY_POLICY } from '../../../domain/records/bodies';
import { isTimeZone } from '../../../domain/time-zone';
import { orNull } from '../../http/nulls';
import { budgetAnswer, budgetSchema } from './budgets';
import { pageQuery } from './schema';

/** As in the configuration file. */
const name = z
  .string()
  .regex(/^[A-Za-z0-9][\w.-]{0,63}$/, 'must be 1 to 64 characters of letters, digits, ".", "_" and "-", the first a letter or digit');
const classes = z.enum(CREDENTIAL_CLASSES);

const teamFields = {
  description: orNull(z.string().max(1_000)).optional(),
  budget_usd: budgetSchema.optional(),
  class_budgets_usd: z.partialRecord(classes, budgetSchema).optional().describe('By class of credentials.'),
  model_tiers: z
    .partialRecord(classes, z.array(z.string().min(1).max(64)).min(1).max(100))
    .optional()
    .describe('Tiers of models that a class of credentials may use; a class that is missing may use all.'),
  retention_days: orNull(z.int().min(1).max(36_500)).optional().describe('null: contents are kept for good.'),
  log_bodies: orNull(
    z.strictObject({
      retention_days: z.int().min(BODY_POLICY.retentionDays.least).max(BODY_POLICY.retentionDays.most),
      max_bytes: z.int().min(BODY_POLICY.maxBytes.least).max(BODY_POLICY.maxBytes.most).default(BODY_POLICY.maxBytes.default),
      sample: z.number().positive().max(1).default(BODY_POLICY.sample.default),
    }),
  )
    .optional()
    .describe('Keeps the bodies of requests and answers, redacted and encrypted. null: none are kept.'),
  price_factor: z
    .string()
    .regex(/^\d{1,9}(\.\d{1,6})?$/, 'must be a decimal string with at most 6 places, such as "0.8"')
    .optional()
    .describe("What the team's calls cost, times the price of the model. Running tasks keep the one that they were admitted with."),
  time_zone: z
    .string()
    .max(100)
    .refine(isTimeZone, 'must be a time zone such as "Europe/Berlin" or "UTC"')
    .optional()
    .describe('When months and days of budgets begin.'),
};

export const pageSchema = z.strictObject(pageQuery);
export const newTeamSchema = z.strictObject({ name, ...teamFields }).meta({ id: 'NewTeam' });
export const teamChangeSchema = z.strictObject(teamFields).meta({ id: 'TeamChange' });
export type TeamChange = z.output<typeof teamChangeSchema>;
export const newProjectSchema = z.strictObject({ name, budget_usd: budgetSchema.optional() }).meta({ id: 'NewProject' });
export const projectChangeSchema = z
  .strictObject({ name: name.optional(), budget_usd: budgetSchema.optional(), archived: z.boolean().optional() })
  .meta({ id: 'ProjectChange' });
export const organisationChangeSchema = z.strictObject({ budget_usd: budgetSchema.optional() }).meta({ id: 'OrganisationChange' });

const managedBy = z.enum(['file', 'api']).describe('file: the configuration file names it; it is changed there.');
const budgets = budgetAnswer.optional().describe('This and what follows: to those who may see budgets.');
export const teamSchema = z
  .object({
    object: z.literal('team'),
    name: z.string(),
    description: z.string().nullable(),
    time_zone: z.string(),
    managed_by: managedBy,
    budget_usd: budgets,
    class_budgets_usd: z.record(z.string(), budgetAnswer).optional(),
    spent_usd: z.string().optional(),
    held_usd: z.string().optional(),
    model_tiers: z.record(z.string(), z.array(z.string())).optional(),
    retention_days: z.int().nullable().optional(),
    log_bodies: z.object({ retention_days: z.int(), max_bytes: z.int(), sample: z.number() }).nullable().optional(),
    price_factor: z.string().optional(),
    members: z.int().optional(),
    created_at: z.string().optional(),
  })
  .meta({ id: 'Team' });
export const projectSchema = z
  .object({
    object: z.literal('project'),
    name: z.string(),
    team: z.string(),
    archived: z.boolean(),
    archived_at: z.string().nullable(),
    managed_by: managedBy,
    created_at: z.string(),
    budget_usd: budgets,
    spent_usd: z.string().optional(),
    held_usd: z.string().optional(),
  })
  .meta({ id: 'Project' });
export const organisationSchema = z.object({ object: z.literal('organisation'), budget_usd: budgetAnswer }).meta({ id: 'Organisation' });
