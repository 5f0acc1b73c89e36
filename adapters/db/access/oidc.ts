import type { OidcIdentity, OidcStore, TeamAndRole } from '../../../domain/access/oidc';
import type { Sql, SqlPool } from '../connection/pool';
import { newPublicId, setPersonalRevoked } from './people';

interface Account {
  readonly id: number;
  readonly oidc_subject: string | null;
  readonly is_disabled: boolean;
  readonly organisation_role: string | null;
}

const ACCOUNT = 'select id, oidc_subject, disabled_at is not null as is_disabled, organisation_role from users';

export function createOidcStore(pool: SqlPool): OidcStore {
  return {
    async claimState(stateHash) {
      const rows = await pool.query(
        `insert into oidc_states (state_hash, expires_at) values ($1, now() + interval '1 day') on conflict do nothing returning state_hash`,
        [stateHash],
      );
      return rows.length > 0;
    },
    account: (identity, teams) =>
      pool.transaction(async (sql) => {
        const account = (await find(sql, identity)) ?? (await make(sql, identity, teams));
        if (account === null || account.is_disabled || account.oidc_subject !== identity.subject) return null;
        await followRules(sql, account.id, teams);
        const places = await sql.query('select from memberships where user_id = $1 limit 1', [account.id]);
        return places.length > 0 || account.organisation_role !== null ? account.id : null;
      }),
  };
}

async function find(sql: Sql, { subject, email }: OidcIdentity): Promise<Account | null> {
  const [known] = await sql.query<Account>(`${ACCOUNT} where oidc_subject = $1`, [subject]);
  if (known !== undefined || email === null) return known ?? null;
  // Whoever was linked to another subject is somebody else.
  await sql.query(
    'update users set oidc_subject = $2, updated_at = now() where email = $1 and oidc_subject is null and disabled_at is null',
    [email, subject],
  );
  const [linked] = await sql.query<Account>(`${ACCOUNT} where email = $1`, [email]);
  return linked ?? null;
}

async function make(sql: Sql, { subject, email, name }: OidcIdentity, teams: readonly TeamAndRole[]): Promise<Account | null> {
  if (email === null || teams.length === 0) return null;
  const [made] = await sql.query<Account>(
    `insert into users (public_id, email, name, oidc_subject) values ($1, $2, $3, $4) on conflict do nothing
     returning id, oidc_subject, false as is_disabled, organisation_role`,
    [newPublicId('user'), email, name ?? email, subject],
  );
  return made ?? null;
}

/** Places by rules follow the rules; a place that an administrator gave is left alone. */
async function followRules(sql: Sql, userId: number, teams: readonly TeamAndRole[]): Promise<void> {
  const names = teams.map(({ name }) => name);
  const gone = await sql.query<{ team_id: number }>(
    `delete from memberships m using teams t where t.id = m.team_id and m.user_id = $1 and m.source = 'oidc' and t.name <> all($2::text[])
     returning m.team_id`,
    [userId, names],
  );
  for (const { team_id: teamId } of gone) await setPersonalRevoked(sql, teamId, userId, true);
  const given = await sql.query<{ team_id: number }>(
    `insert into memberships as m (user_id, team_id, role, source)
     select $1, t.id, given.role, 'oidc' from unnest($2::text[], $3::text[]) as given(name, role) join teams t on t.name = given.name and t.enabled
     on conflict (user_id, team_id) do update set role = excluded.role where m.source = 'oidc' and m.role <> excluded.role
     returning m.team_id`,
    [userId, names, teams.map(({ role }) => role)],
  );
  for (const { team_id: teamId } of given) await setPersonalRevoked(sql, teamId, userId, false);
}
