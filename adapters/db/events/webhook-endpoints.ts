import type { Secrets } from '../../../domain/access/secrets';
import { AppError } from '../../../domain/errors';
import {
  MOST_ENDPOINTS,
  type DisabledReason,
  type EndpointWithSecret,
  type WebhookEndpoint,
  type WebhookEndpointStore,
} from '../../../domain/events/webhook-endpoint';
import type { SqlPool } from '../connection/pool';
import { storable } from '../tasks/parameters';

interface EndpointRow {
  readonly id: string;
  readonly team_id: number;
  readonly name: string;
  readonly url: string;
  readonly event_types: readonly string[];
  readonly secret_hint: string;
  readonly old_secret_until: Date | null;
  readonly disabled_reason: DisabledReason | null;
  readonly disabled_at: Date | null;
  readonly failing_since: Date | null;
  readonly created_at: Date;
  readonly updated_at: Date;
}

const COLUMNS = `id, team_id, name, url, event_types, secret_hint, disabled_reason, disabled_at, failing_since, created_at, updated_at,
  case when old_secret_until > now() then old_secret_until end as old_secret_until`;

/** Those who make endpoints of one team wait for each other, so that they are counted right. */
const LOCK_TEAM = 'select id from teams where id = $1 for no key update';
const INSERT = `
  insert into webhook_endpoints (id, team_id, name, url, event_types, secret_encrypted, secret_hint)
  select $1, $2, $3, $4, $5, $6, $7 where (select count(*) from webhook_endpoints where team_id = $2) < $8
  returning ${COLUMNS}`;
const GET = `select ${COLUMNS} from webhook_endpoints where id = $1 and ($2::int is null or team_id = $2)`;
const LIST = `
  select ${COLUMNS} from webhook_endpoints
  where ($1::int is null or team_id = $1) and ($2::text is null or id < $2) order by id desc limit $3`;
/** What is the same already changes nothing, not even the time. Another address has not failed yet. */
const UPDATE = `
  update webhook_endpoints set name = coalesce($2, name), url = coalesce($3, url), event_types = coalesce($4, event_types), updated_at = now(),
    failing_since = case when coalesce($3, url) = url then failing_since end
  where id = $1 and (name, url, event_types) is distinct from (coalesce($2, name), coalesce($3, url), coalesce($4, event_types))`;
const ENABLE = `
  update webhook_endpoints set enabled = true, disabled_reason = null, disabled_at = null, failing_since = null, updated_at = now()
  where id = $1 and not enabled`;
const ROTATE = `
  update webhook_endpoints set secret_encrypted = $2, secret_hint = $3, updated_at = now(),
    old_secret_encrypted = case when $4 > 0 then secret_encrypted end,
    old_secret_until = case when $4 > 0 then now() + $4::bigint * interval '1 millisecond' end
  where id = $1 returning ${COLUMNS}`;
const SECRETS = `
  select secret_encrypted as sealed, case when old_secret_until > now() then old_secret_encrypted end as old_sealed
  from webhook_endpoints where id = $1`;

const HINT_CHARACTERS = 'whsec_'.length + 4;

export function createWebhookEndpointStore(pool: SqlPool, secrets: Secrets): WebhookEndpointStore {
  const find = async (id: string, teamId: number | null): Promise<WebhookEndpoint | null> => {
    const [row] = await pool.query<EndpointRow>(GET, [id, teamId]);
    return row === undefined ? null : endpointOf(row);
  };
  const newSecret = (): { readonly secret: string; readonly stored: readonly [sealed: string, hint: string] } => {
    const secret = secrets.newCallbackSecret();
    return { secret, stored: [secrets.seal(secret), `${secret.slice(0, HINT_CHARACTERS)}...`] };
  };

  return {
    create: ({ id, teamId, name, url, eventTypes }) =>
      pool.transaction(async (sql): Promise<EndpointWithSecret> => {
        const { secret, stored } = newSecret();
        await sql.query(LOCK_TEAM, [teamId]);
        const [row] = await sql.query<EndpointRow>(INSERT, [id, teamId, storable(name), url, eventTypes, ...stored, MOST_ENDPOINTS]);
        if (row !== undefined) return { endpoint: endpointOf(row), secret };
        throw new AppError(
          'conflict',
          `A team has at most ${String(MOST_ENDPOINTS)} webhook endpoints. Delete one that is not used any more.`,
        );
      }),
    get: find,
    async list({ teamId, after, limit }) {
      const rows = await pool.query<EndpointRow>(LIST, [teamId, after ?? null, limit + 1]);
      return { data: rows.slice(0, limit).map(endpointOf), hasMore: rows.length > limit };
    },
    async update(id, { name, url, eventTypes, enabled }) {
      await pool.transaction(async (sql) => {
        await sql.query(UPDATE, [id, name === undefined ? null : storable(name), url ?? null, eventTypes ?? null]);
        if (enabled === true) await sql.query(ENABLE, [id]);
        if (enabled === false) await sql.query(`select disable_webhook_endpoint($1, 'requested')`, [id]);
      });
      return find(id, null);
    },
    remove: (id) =>
      pool.transaction(async (sql) => {
        const rows = await sql.query('delete from webhook_endpoints where id = $1 returning id', [id]);
        await sql.query('select close_deliveries($1)', [id]);
        return rows.length > 0;
      }),
    async rotate(id, keepOldMs) {
      const { secret, stored } = newSecret();
      const [row] = await pool.query<EndpointRow>(ROTATE, [id, ...stored, keepOldMs]);
      return row === undefined ? null : { endpoint: endpointOf(row), secret };
    },
    async secrets(id) {
      const [row] = await pool.query<{ sealed: string; old_sealed: string | null }>(SECRETS, [id]);
      if (row === undefined) return [];
      return [row.sealed, ...(row.old_sealed === null ? [] : [row.old_sealed])].map((sealed) => secrets.open(sealed));
    },
  };
}

function endpointOf(row: EndpointRow): WebhookEndpoint {
  return {
    id: row.id,
    teamId: row.team_id,
    name: row.name,
    url: row.url,
    eventTypes: row.event_types,
    secretHint: row.secret_hint,
    oldSecretUntil: row.old_secret_until,
    disabled: row.disabled_reason === null || row.disabled_at === null ? null : { reason: row.disabled_reason, at: row.disabled_at },
    failingSince: row.failing_since,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
