import { z } from 'zod';
import { LOCALES } from '../../domain/access/person';
import { ORGANISATION_ROLES, TEAM_ROLES } from '../../domain/access/principal';
import { wholeListOf } from '../fields/list';

const email = z.string().min(1).max(320);
/** Longer than any that is allowed: what is too long for a password is just wrong. */
const anyPassword = z.string().min(1).max(2_000);

/** Body of `POST /auth/login`. */
export const loginSchema = z.strictObject({ email, password: anyPassword }).meta({ id: 'Login' });

/** Body of `POST /auth/accept`. */
export const acceptSchema = z
  .strictObject({
    token: z.string().min(1).max(200).describe('Of the link: its `token` parameter.'),
    password: anyPassword.describe('8 to 256 characters.'),
    name: z.string().trim().min(1).max(200).optional(),
    locale: z.enum(LOCALES).optional(),
  })
  .meta({ id: 'AcceptInvitation' });

/** Body of `PATCH /auth/me`. */
export const changeSchema = z
  .strictObject({
    name: z.string().trim().min(1).max(200).optional(),
    locale: z.enum(LOCALES).optional(),
    time_zone: z
      .string()
      .refine(isTimeZone, 'must be a time zone such as "Europe/Berlin"')
      .nullish()
      .describe('IANA name; null: as the browser says.'),
    password: anyPassword.optional().describe('A new one; needs current_password, and ends all other sessions.'),
    current_password: anyPassword.optional(),
  })
  .meta({ id: 'ChangeMe' });

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return name.length <= 100;
  } catch {
    return false;
  }
}

export const meSchema = z
  .object({
    user: z.object({
      id: z.string(),
      email: z.string(),
      name: z.string(),
      locale: z.enum(LOCALES),
      time_zone: z.string().nullable(),
    }),
    organisation_role: z.enum(ORGANISATION_ROLES).nullable(),
    teams: z.array(z.object({ name: z.string(), role: z.enum(TEAM_ROLES) })),
    permissions: z.array(z.string()).describe('What the person may do, to something at least.'),
    session: z.object({ id: z.string(), expires_at: z.string() }),
    csrf_token: z.string().describe('For the header x-csrf-token of every request that changes something.'),
  })
  .meta({ id: 'Me' });

const sessionSchema = z
  .object({
    object: z.literal('session'),
    id: z.string(),
    current: z.boolean(),
    method: z.enum(['password', 'oidc']),
    created_at: z.string(),
    last_seen_at: z.string().describe('To the minute.'),
    expires_at: z.string(),
    ip: z.string().nullable(),
    user_agent: z.string().nullable(),
  })
  .meta({ id: 'Session' });

export const sessionListSchema = wholeListOf(sessionSchema);

export const revokedSchema = z.object({ object: z.literal('session'), id: z.string(), deleted: z.literal(true) });

export const optionsSchema = z
  .object({
    password: z.boolean(),
    oidc: z.object({ start_url: z.string() }).nullable(),
    first_run: z.boolean().describe('Nobody has signed in yet.'),
    locales: z.array(z.enum(LOCALES)),
  })
  .meta({ id: 'SignInOptions' });
