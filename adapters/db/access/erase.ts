import type { Sql } from '../connection/pool';

/** What goes at once, $1 the user; what is more than a row or two for each person follows in parts (`erase_traces`). */
const AT_ONCE = [
  'delete from sessions where user_id = $1',
  'delete from invitations where user_id = $1',
  'delete from memberships where user_id = $1',
  `delete from sign_in_failures f using users u where u.id = $1 and f.kind = 'account' and f.key = encode(sha256(convert_to(u.email, 'UTF8')), 'hex')`,
  // The addresses that they acted from stand beside the audit log.
  `delete from audit_addresses a using users u where u.id = $1 and a.actor = 'user:' || u.public_id`,
];

/** A person's own credential is named by their e-mail, and what ran under it bears that name. */
const RENAME = `
  with renamed as (
    update credentials set name = $2 || ' ' || id, revoked_at = coalesce(revoked_at, now()), updated_at = now()
    where owner_id = $1 and class = 'personal' and hint = '' returning id, team_id, name
  ), campaigns as (
    update campaigns c set credential_name = renamed.name from renamed where c.credential_id = renamed.id
  ), schedules as (
    update schedules s set credential_name = renamed.name from renamed where s.credential_id = renamed.id
  )
  insert into erasures (user_id, credential_id, team_id, new_name)
  select $1, id, team_id, name from renamed on conflict (user_id, credential_id) do update set through = '', done_at = null`;

/** Takes everything out that says who a person was, within the caller's transaction. Their id stays: books, logs and audit name it. */
export async function erasePerson(sql: Sql, userId: number, publicId: string): Promise<void> {
  for (const statement of AT_ONCE) await sql.query(statement, [userId]);
  await sql.query(RENAME, [userId, `erased ${publicId}`]);
  await sql.query(
    `update users set email = $2, name = 'Erased', password_hash = null, oidc_subject = null, preferences = '{}', time_zone = null,
       locale = 'en', audit_salt = gen_random_uuid()::text, last_sign_in_at = null, erased_at = now(), updated_at = now()
     where id = $1`,
    [userId, `${publicId}@erased.invalid`],
  );
  await sql.query('select touch_catalogue()');
}
