import { LINK_LIFETIME_MS, LOCK_OUT, type LinkKind, type LinkStore, type PasswordStore } from '../../../domain/access/session';
import type { Sql } from '../connection/pool';
import { newPublicId } from './people';

/** $1 token hash, $2 password hash, $3 to $8 the new session: its token hash, id, lifetime, address, user agent and what it replaces. */
const USE_LINK = `
  with used as (
    update invitations i set used_at = now() from users u
    where i.token_hash = $1 and i.used_at is null and i.expires_at > now() and u.id = i.user_id and u.disabled_at is null
    returning i.user_id
  ), ended as (
    update sessions s set revoked_at = now() from used
    where (s.user_id = used.user_id or s.token_hash = $8) and s.revoked_at is null
  ), begun as (
    insert into sessions (token_hash, public_id, user_id, method, expires_at, ip, user_agent)
    select $3, $4, used.user_id, 'password', now() + $5 * interval '1 millisecond', $6, $7 from used
  ), unlocked as (
    delete from sign_in_failures f using used join users u on u.id = used.user_id
    where f.kind = 'account' and f.key = encode(sha256(convert_to(u.email, 'UTF8')), 'hex')
  )
  update users u set password_hash = $2, updated_at = now(), last_sign_in_at = now() from used where u.id = used.user_id returning u.id`;

export function createLinkStore(sql: Sql): LinkStore {
  return {
    async issue(userId, kind, tokenHash, createdBy) {
      const [row] = await sql.query<{ expires_at: Date }>(
        `with ended as (
           update invitations set expires_at = now() where user_id = $1 and kind = $2 and used_at is null and expires_at > now()
         )
         insert into invitations (user_id, kind, token_hash, created_by, expires_at)
         values ($1, $2, $3, $4, now() + $5 * interval '1 millisecond') returning expires_at`,
        [userId, kind, tokenHash, createdBy, LINK_LIFETIME_MS],
      );
      return row?.expires_at ?? new Date(0);
    },
    async find(tokenHash) {
      const [row] = await sql.query<{ email: string; name: string; kind: LinkKind }>(
        `select u.email, u.name, i.kind from invitations i join users u on u.id = i.user_id
         where i.token_hash = $1 and i.used_at is null and i.expires_at > now() and u.disabled_at is null`,
        [tokenHash],
      );
      return row ?? null;
    },
    async use(tokenHash, passwordHash, { ip, userAgent, replaces, lifetimeMs, tokenHash: newHash }) {
      const values = [tokenHash, passwordHash, newHash, newPublicId('sess'), lifetimeMs, ip, userAgent, replaces];
      const [row] = await sql.query<{ id: number }>(USE_LINK, values);
      return row?.id ?? null;
    },
  };
}

export function createPasswordStore(sql: Sql): PasswordStore {
  return {
    async facts(email) {
      const [row] = await sql.query<{ id: number; password_hash: string | null; disabled: boolean }>(
        'select id, password_hash, disabled_at is not null as disabled from users where email = $1',
        [email],
      );
      return row === undefined ? null : { userId: row.id, passwordHash: row.password_hash, isDisabled: row.disabled };
    },
    async set(userId, passwordHash) {
      await sql.query('update users set password_hash = $2, updated_at = now() where id = $1', [userId, passwordHash]);
    },
    async takeTurn(account, address) {
      const [row] = await sql.query<{ granted: boolean; locked_until: Date; address_failures: number }>(
        'select granted, locked_until, address_failures from take_sign_in_turn($1, $2, $3, $4, $5)',
        [account, address, LOCK_OUT.failures, LOCK_OUT.withinMs, LOCK_OUT.lockMs],
      );
      if (row === undefined) throw new Error('take_sign_in_turn answered nothing');
      return row.granted ? { kind: 'try', addressFailures: row.address_failures } : { kind: 'locked', until: row.locked_until };
    },
    async succeeded(account) {
      await sql.query(`delete from sign_in_failures where kind = 'account' and key = $1`, [account]);
    },
    async failed(account, address) {
      // The attempt that locks an account is the last one that fails: the audit log tells of it once. What was tried with an e-mail of nobody's
      // stays out of it, or anybody could fill it.
      await sql.query(
        `with failed as (
           insert into sign_in_failures as f (kind, key, attempted_at) values ('address', $2, array[now()])
           on conflict (kind, key) do update set updated_at = now(), attempted_at = (array_prepend(now(), f.attempted_at))[1:64]
         )
         select note_act('user.lock', 'user:' || u.public_id, null, jsonb_build_object('locked_until', f.locked_until))
         from sign_in_failures f join users u on encode(sha256(convert_to(u.email, 'UTF8')), 'hex') = f.key
         where f.kind = 'account' and f.key = $1 and f.locked_until > now()`,
        [account, address],
      );
    },
  };
}
