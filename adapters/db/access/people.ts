import { randomBytes } from 'node:crypto';
import type { Locale, Member, NewUser, PeopleStore, User, UserChanges } from '../../../domain/access/person';
import type { OrganisationRole, TeamRole } from '../../../domain/access/principal';
import { unknownTeam } from '../../../domain/access/permissions';
import { AppError } from '../../../domain/errors';
import type { Sql, SqlPool } from '../connection/pool';
import { isUniqueViolation } from '../connection/sqlstate';
import { erasePerson } from './erase';
import { teamNamed } from './teams';

/** Columns of a person in `users` under the alias `u`, with their places in teams that are not switched off. */
export const PERSON_COLUMNS = `u.id, u.public_id, u.email, u.name, u.organisation_role, u.locale, u.time_zone,
  (select coalesce(json_agg(json_build_object('teamId', t.id, 'teamName', t.name, 'role', m.role) order by t.name), '[]'::json)
   from memberships m join teams t on t.id = m.team_id where m.user_id = u.id and t.enabled) as memberships`;

export interface PersonRow {
  readonly id: number;
  readonly public_id: string;
  readonly email: string;
  readonly name: string;
  readonly organisation_role: OrganisationRole | null;
  readonly locale: Locale;
  readonly time_zone: string | null;
  readonly memberships: User['memberships'];
}

export function personOf(row: PersonRow): Pick<User, 'id' | 'publicId' | 'email' | 'name' | 'organisationRole' | 'memberships'> {
  return {
    id: row.id,
    publicId: row.public_id,
    email: row.email,
    name: row.name,
    organisationRole: row.organisation_role,
    memberships: row.memberships,
  };
}

interface UserRow extends PersonRow {
  readonly has_password: boolean;
  readonly by_oidc: boolean;
  readonly disabled_at: Date | null;
  readonly erased_at: Date | null;
  readonly created_at: Date;
  readonly last_sign_in_at: Date | null;
}

const USER = `select ${PERSON_COLUMNS}, u.password_hash is not null as has_password, u.oidc_subject is not null as by_oidc,
  u.disabled_at, u.erased_at, u.created_at, u.last_sign_in_at`;

function userOf(row: UserRow): User {
  return {
    ...personOf(row),
    locale: row.locale,
    timeZone: row.time_zone,
    hasPassword: row.has_password,
    signsInByOidc: row.by_oidc,
    disabledAt: row.disabled_at,
    erasedAt: row.erased_at,
    createdAt: row.created_at,
    lastSignInAt: row.last_sign_in_at,
  };
}

/** A new id: prefix and 32 random hex digits. */
export function newPublicId(prefix: 'user' | 'sess'): string {
  return `${prefix}_${randomBytes(16).toString('hex')}`;
}

export function createPeopleStore(pool: SqlPool): PeopleStore {
  const one = async (sql: Sql, condition: string, value: unknown): Promise<User | null> => {
    const [row] = await sql.query<UserRow>(`${USER} from users u where ${condition}`, [value]);
    return row === undefined ? null : userOf(row);
  };
  const byId = async (sql: Sql, publicId: string): Promise<User> => (await one(sql, 'u.public_id = $1', publicId)) ?? unknownUser(publicId);

  return {
    create: (user) =>
      pool.transaction(async (sql) => {
        const id = await insertUser(sql, user);
        const names = user.teams.map(({ name }) => name);
        const roles = user.teams.map(({ role }) => role);
        const rows = await sql.query<{ name: string }>(
          `insert into memberships (user_id, team_id, role)
           select $1, t.id, given.role from unnest($2::text[], $3::text[]) as given(name, role) join teams t on t.name = given.name and t.enabled
           returning (select name from teams where id = team_id)`,
          [id, names, roles],
        );
        const missing = names.find((name) => !rows.some((row) => row.name === name));
        if (missing !== undefined) throw unknownTeam(missing, 'teams');
        return (await one(sql, 'u.id = $1', id)) ?? unknownUser(user.email);
      }),
    list: async ({ limit, after, teamIds }) => {
      const rows = await pool.query<UserRow>(
        `${USER} from users u
         where ($2::text is null or u.id > (select id from users where public_id = $2))
           and ($3::int[] is null or exists (select from memberships m where m.user_id = u.id and m.team_id = any($3)))
         order by u.id limit $1 + 1`,
        [limit, after, teamIds],
      );
      return rows.map(userOf);
    },
    find: (publicId) => one(pool, 'u.public_id = $1', publicId),
    findByEmail: (email) => one(pool, 'u.email = $1', email.toLowerCase()),
    update: (publicId, changes) =>
      pool.transaction(async (sql) => {
        // One at a time, so that two admins who demote each other do not leave none.
        await sql.query('select from organisation for update');
        await updateUser(sql, publicId, changes);
        if (changes.disabled === true) {
          await sql.query(
            `update sessions set revoked_at = now() from users u where u.public_id = $1 and user_id = u.id and revoked_at is null`,
            [publicId],
          );
        }
        // Callers of their credentials are kept in memory.
        if (changes.disabled !== undefined) await sql.query('select touch_catalogue()');
        return byId(sql, publicId);
      }),
    erase: (publicId) =>
      pool.transaction(async (sql) => {
        // One at a time, as in `update`.
        await sql.query('select from organisation for update');
        const { id, erasedAt } = await byId(sql, publicId);
        if (erasedAt !== null) return byId(sql, publicId);
        await updateUser(sql, publicId, { disabled: true, organisationRole: null });
        await erasePerson(sql, id, publicId);
        return byId(sql, publicId);
      }),
    teamNamed: async (name) => (await teamNamed(pool, name))?.id ?? null,
    members: async (teamId) => {
      const rows = await pool.query<MemberRow>(`${MEMBER} where m.team_id = $1 order by u.name, u.id`, [teamId]);
      return rows.map(memberOf);
    },
    setMember: (teamId, publicId, role) =>
      pool.transaction(async (sql) => {
        const { id } = await byId(sql, publicId);
        await sql.query(
          `insert into memberships (user_id, team_id, role) values ($1, $2, $3)
           on conflict (user_id, team_id) do update set role = excluded.role, source = 'api'`,
          [id, teamId, role],
        );
        await setPersonalRevoked(sql, teamId, id, false);
        const [row] = await sql.query<MemberRow>(`${MEMBER} where m.team_id = $1 and m.user_id = $2`, [teamId, id]);
        return row === undefined ? unknownUser(publicId) : memberOf(row);
      }),
    removeMember: (teamId, publicId) =>
      pool.transaction(async (sql) => {
        const [gone] = await sql.query<{ user_id: number }>(
          'delete from memberships m using users u where u.id = m.user_id and m.team_id = $1 and u.public_id = $2 returning m.user_id',
          [teamId, publicId],
        );
        if (gone === undefined) throw new AppError('not_found', `The team has no member ${JSON.stringify(publicId.slice(0, 64))}.`);
        await setPersonalRevoked(sql, teamId, gone.user_id, true);
      }),
    anySignIn: async () => (await pool.query('select from users where last_sign_in_at is not null limit 1')).length > 0,
    preferences: async (userId) => {
      const [row] = await pool.query<{ preferences: unknown }>('select preferences from users where id = $1', [userId]);
      return row?.preferences ?? {};
    },
    setPreferences: async (userId, preferences) => {
      await pool.query('update users set preferences = $2::jsonb where id = $1', [userId, JSON.stringify(preferences)]);
    },
  };
}

/** A member's own credential ends with their place in the team, and comes back with it. */
export async function setPersonalRevoked(sql: Sql, teamId: number, userId: number, isRevoked: boolean): Promise<void> {
  const changed = await sql.query(
    `update credentials set revoked_at = case when $3 then now() end, updated_at = now()
     where team_id = $1 and owner_id = $2 and class = 'personal' and (revoked_at is null) = $3 returning id`,
    [teamId, userId, isRevoked],
  );
  if (changed.length > 0) await sql.query('select touch_catalogue()');
}

interface MemberRow extends UserRow {
  readonly role: TeamRole;
  readonly since: Date;
}

const MEMBER = `${USER}, m.role, m.created_at as since from memberships m join users u on u.id = m.user_id`;

function memberOf(row: MemberRow): Member {
  return { user: userOf(row), role: row.role, since: row.since };
}

async function insertUser(sql: Sql, { email, name, organisationRole, locale }: NewUser): Promise<number> {
  const [row] = await sql
    .query<{ id: number }>(
      `insert into users (public_id, email, name, organisation_role, locale) values ($1, $2, $3, $4, $5) returning id`,
      [newPublicId('user'), email.toLowerCase(), name, organisationRole, locale ?? 'en'],
    )
    .catch((error: unknown) => {
      if (!isUniqueViolation(error)) throw error;
      throw new AppError('conflict', `A person with the e-mail ${email.toLowerCase()} exists already.`, { param: 'email' }, error);
    });
  return row?.id ?? 0;
}

async function updateUser(sql: Sql, publicId: string, changes: UserChanges): Promise<void> {
  const has = (field: keyof UserChanges): boolean => changes[field] !== undefined;
  const rows = await sql.query<{ administers: boolean; did: boolean }>(
    `update users u set
       name = coalesce($2, u.name), locale = coalesce($3, u.locale),
       organisation_role = case when $4 then $5 else u.organisation_role end,
       time_zone = case when $6 then $7 else u.time_zone end,
       disabled_at = case when $8::boolean is null then u.disabled_at when $8 then coalesce(u.disabled_at, now()) end,
       updated_at = now()
     from users before where before.id = u.id and u.public_id = $1
     returning before.organisation_role = 'admin' and before.disabled_at is null as did,
       coalesce(u.organisation_role = 'admin', false) and u.disabled_at is null as administers`,
    [
      publicId,
      changes.name ?? null,
      changes.locale ?? null,
      has('organisationRole'),
      changes.organisationRole ?? null,
      has('timeZone'),
      changes.timeZone ?? null,
      changes.disabled ?? null,
    ],
  );
  const [row] = rows;
  if (row === undefined) return unknownUser(publicId);
  if (!row.did || row.administers) return;
  const left = await sql.query(`select from users where organisation_role = 'admin' and disabled_at is null limit 1`);
  if (left.length > 0) return;
  throw new AppError('conflict', 'This is the last admin of the organisation. Make somebody else an admin first.');
}

function unknownUser(publicId: string): never {
  throw new AppError('not_found', `There is no user ${JSON.stringify(publicId.slice(0, 64))}.`);
}
