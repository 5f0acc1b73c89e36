import { z } from 'zod';
import { LOCALES } from '../../../domain/access/person';
import { ORGANISATION_ROLES, TEAM_ROLES } from '../../../domain/access/principal';
import { isTimeZone } from '../../../domain/time-zone';
import { pageLimit } from '../../fields/list';
import { orNull } from '../../http/nulls';

/** Query of the lists of administration: at most `limit`, behind the one of `after`. */
export const pageQuery = {
  limit: pageLimit,
  after: z.string().min(1).max(255).optional(),
};

export const teamName = z.string().min(1).max(100);
const organisationRole = orNull(z.enum(ORGANISATION_ROLES)).describe('null: none; such people have the roles of their teams.');
const teamRole = z.enum(TEAM_ROLES);
const email = z.email('must be an e-mail address such as "ann@studio.example"').max(254);
const personName = z.string().trim().min(1).max(200);

export const listUsersSchema = z.strictObject({ ...pageQuery, team: teamName.optional().describe('Only members of this team.') });
export const newUserSchema = z
  .strictObject({
    email,
    name: personName.optional().describe('Default: the part of the e-mail before the @.'),
    organisation_role: organisationRole.optional(),
    teams: z
      .array(z.strictObject({ name: teamName, role: teamRole }))
      .max(100)
      .optional(),
    locale: z.enum(LOCALES).optional(),
  })
  .meta({ id: 'NewUser' });
export const userChangeSchema = z
  .strictObject({
    name: personName.optional(),
    organisation_role: organisationRole.optional(),
    locale: z.enum(LOCALES).optional(),
    time_zone: orNull(z.string().min(1).max(100).refine(isTimeZone, 'must be an IANA time zone such as "Europe/Berlin"')).optional(),
    disabled: z.boolean().optional().describe('true ends every session, and credentials that the person owns are refused.'),
  })
  .meta({ id: 'UserChange' });
export const memberChangeSchema = z.strictObject({ role: teamRole }).meta({ id: 'MemberChange' });

const isoTime = z.string();
export const userSchema = z
  .object({
    object: z.literal('user'),
    id: z.string(),
    email: z.string(),
    name: z.string(),
    locale: z.enum(LOCALES),
    time_zone: z.string().nullable(),
    organisation_role: organisationRole,
    teams: z.array(z.object({ name: z.string(), role: teamRole })).describe('To a manager: those that they manage.'),
    status: z.enum(['active', 'invited', 'disabled']),
    disabled_at: isoTime.nullable(),
    erased_at: isoTime.nullable().describe('Their name and e-mail were taken out then.'),
    created_at: isoTime,
    last_sign_in_at: isoTime.nullable(),
  })
  .meta({ id: 'User' });
export const invitedSchema = userSchema.extend({
  invite_url: z.string().describe('For one use within 72 hours; shown this once.'),
  invite_expires_at: isoTime,
});
export const passwordLinkSchema = z.object({
  object: z.literal('password_link'),
  user: z.string(),
  kind: z.enum(['invite', 'reset']),
  reset_url: z.string().describe('For one use within 72 hours; earlier ones end. Shown this once.'),
  expires_at: isoTime,
});
export const memberSchema = z
  .object({
    object: z.literal('member'),
    id: z.string().describe('Of the user.'),
    name: z.string(),
    role: teamRole,
    email: z.string().optional().describe('To those who manage members.'),
    status: z.enum(['active', 'invited', 'disabled']).optional(),
    since: isoTime.optional(),
  })
  .meta({ id: 'Member' });
export const removedSchema = z.object({ object: z.string(), id: z.string(), team: z.string(), deleted: z.literal(true) });
