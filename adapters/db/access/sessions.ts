import type { Caller } from '../../../domain/access/caller';
import type { LiveSession, SessionInfo, SessionStore, SignInMethod } from '../../../domain/access/session';
import { callerOf, SELECT_CALLER, type CallerRow } from '../catalogue/caller';
import type { Sql, SqlPool } from '../connection/pool';
import { newPublicId, personOf, PERSON_COLUMNS, type PersonRow } from './people';
import { teamNamed } from './teams';

/** The credential that a person generates with: theirs, without a key. For the alias `k`. */
const IS_PERSONAL = `k.class = 'personal' and k.hint = ''`;

/** For the alias `s`; $2 is the idle limit in milliseconds. */
const LIVES = `s.revoked_at is null and s.expires_at > now() and s.last_seen_at > now() - $2 * interval '1 millisecond'`;

const FIND = `select s.public_id as session_id, s.expires_at, s.last_seen_at < now() - interval '1 minute' as is_due, ${PERSON_COLUMNS}
  from sessions s join users u on u.id = s.user_id where s.token_hash = $1 and ${LIVES} and u.disabled_at is null`;

/** $1 token hash, $2 public id, $3 user, $4 method, $5 lifetime in milliseconds, $6 address, $7 user agent, $8 what it replaces. */
const BEGIN = `
  with begun as (
    insert into sessions (token_hash, public_id, user_id, method, expires_at, ip, user_agent)
    values ($1, $2, $3, $4, now() + $5 * interval '1 millisecond', $6, $7)
  ), ended as (
    update sessions set revoked_at = now() where token_hash = $8 and revoked_at is null
  )
  update users set last_sign_in_at = now() where id = $3`;

interface FoundRow extends PersonRow {
  readonly session_id: string;
  readonly expires_at: Date;
  readonly is_due: boolean;
}

interface SessionRow {
  readonly public_id: string;
  readonly method: SignInMethod;
  readonly created_at: Date;
  readonly last_seen_at: Date;
  readonly expires_at: Date;
  readonly ip: string | null;
  readonly user_agent: string | null;
}

export function createSessionStore(pool: SqlPool): SessionStore {
  return {
    async find(tokenHash, idleMs) {
      const [row] = await pool.named<FoundRow>('find_session', FIND, [tokenHash, idleMs]);
      if (row === undefined) return null;
      if (row.is_due) await pool.query('update sessions set last_seen_at = now() where token_hash = $1', [tokenHash]);
      const callers = await pool.named<CallerRow>('personal_callers', `${SELECT_CALLER} and k.owner_id = $1 and ${IS_PERSONAL}`, [row.id]);
      return liveSession(row, callers);
    },
    async begin(userId, method, { tokenHash, lifetimeMs, ip, userAgent, replaces }) {
      await pool.query(BEGIN, [tokenHash, newPublicId('sess'), userId, method, lifetimeMs, ip, userAgent, replaces]);
    },
    async list(userId, idleMs) {
      const rows = await pool.query<SessionRow>(
        `select s.public_id, s.method, s.created_at, s.last_seen_at, s.expires_at, s.ip, s.user_agent
         from sessions s where s.user_id = $1 and ${LIVES} order by s.created_at desc, s.public_id limit 200`,
        [userId, idleMs],
      );
      return rows.map(infoOf);
    },
    async revoke(userId, id) {
      const rows = await pool.query(
        'update sessions set revoked_at = coalesce(revoked_at, now()) where user_id = $1 and public_id = $2 returning public_id',
        [userId, id],
      );
      return rows.length > 0;
    },
    async revokeOthers(userId, keepId) {
      await pool.query('update sessions set revoked_at = now() where user_id = $1 and public_id <> $2 and revoked_at is null', [
        userId,
        keepId,
      ]);
    },
    teamNamed: (name) => teamNamed(pool, name),
    personalCaller: (userId, teamId) => ensurePersonalCredential(pool, userId, teamId),
  };
}

function liveSession(row: FoundRow, callers: readonly CallerRow[]): LiveSession {
  return {
    id: row.session_id,
    person: personOf(row),
    locale: row.locale,
    timeZone: row.time_zone,
    callers: new Map(callers.map((caller) => [caller.team_id, callerOf(caller)])),
    expiresAt: row.expires_at,
  };
}

function infoOf(row: SessionRow): SessionInfo {
  return {
    id: row.public_id,
    method: row.method,
    createdAt: row.created_at,
    lastSeenAt: row.last_seen_at,
    expiresAt: row.expires_at,
    ip: row.ip,
    userAgent: row.user_agent,
  };
}

/**
 * The person's own credential in a team, made on demand and named by their e-mail.
 * @returns null when it was revoked or the team is switched off: then nothing is made again
 */
export async function ensurePersonalCredential(pool: SqlPool, userId: number, teamId: number): Promise<Caller | null> {
  return pool.transaction(async (sql) => {
    // Two requests at once make one.
    const [user] = await sql.query<{ email: string }>('select email from users where id = $1 for no key update', [userId]);
    const known = await sql.query(`select from credentials k where k.team_id = $1 and k.owner_id = $2 and ${IS_PERSONAL}`, [
      teamId,
      userId,
    ]);
    if (user !== undefined && known.length === 0) await make(sql, { userId, teamId, email: user.email });
    const [row] = await sql.query<CallerRow>(`${SELECT_CALLER} and k.team_id = $1 and k.owner_id = $2 and ${IS_PERSONAL}`, [
      teamId,
      userId,
    ]);
    return row === undefined ? null : callerOf(row);
  });
}

async function make(sql: Sql, { userId, teamId, email }: { readonly userId: number; readonly teamId: number; readonly email: string }) {
  // Somebody may have given a key this name.
  for (const name of [email, `${email} (console)`, `${email} (${newPublicId('user')})`]) {
    const [made] = await sql.query<{ id: number }>(
      `insert into credentials (team_id, name, class, key_hash, hint, models, owner_id, source)
       select t.id, $2, 'personal', null, '', '{*}', $3, 'api' from teams t where t.id = $1 and t.enabled
       on conflict (team_id, name) do nothing returning id`,
      [teamId, name, userId],
    );
    if (made === undefined) continue;
    await sql.query('select touch_catalogue()');
    return;
  }
}
