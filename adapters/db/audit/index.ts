import type { ActWay } from '../../../domain/audit/act';
import type { AuditAnchor, AuditFilter, AuditStore } from '../../../domain/audit/store';
import type { ShownEntry } from '../../../domain/audit/entry';
import type { SqlPool } from '../connection/pool';

interface Row {
  readonly id: string;
  readonly at: string;
  readonly actor: string;
  readonly actor_name: string | null;
  readonly via: ActWay;
  readonly action: string;
  readonly object: string;
  readonly before: ShownEntry['before'];
  readonly after: ShownEntry['after'];
  readonly request_id: string | null;
  readonly ip: string | null;
  readonly salt: string | null;
  readonly ip_hash: string | null;
  readonly prev_hash: string;
  readonly hash: string;
}

/** What its retention has let go may be on its way out still. */
const KEPT = `l.seq > coalesce((select (p.after ->> 'through')::bigint from audit_log p where p.action = 'audit.prune' order by p.seq desc limit 1), 0)`;

const LIST = (order: 'asc' | 'desc'): string => `
  select audit_id(l.seq) as id, audit_time(l.at) as at, l.actor, u.email as actor_name, l.via, l.action, l.object, l.before, l.after,
    l.request_id, a.ip, a.salt, l.ip_hash, l.prev_hash, l.hash
  from audit_log l left join audit_addresses a on a.seq = l.seq
  left join users u on l.actor = 'user:' || u.public_id
  where ${KEPT}
    and ($1::text is null or l.actor = $1 or l.actor = (select 'user:' || public_id from users where email = lower($1)))
    and ($2::text is null or l.action = $2 or starts_with(l.action, $2 || '.'))
    and ($3::text is null or l.object = $3 or ($3 like '%*' and starts_with(l.object, left($3, -1))))
    and ($4::timestamptz is null or l.at >= $4) and ($5::timestamptz is null or l.at < $5)
    and ($6::bigint is null or l.seq ${order === 'asc' ? '>' : '<'} $6)
  order by l.seq ${order} limit $7 + 1`;
const NEWEST = LIST('desc');
const OLDEST = LIST('asc');

export function createAuditStore(pool: SqlPool): AuditStore {
  return {
    async list(filter, { limit, order, after }) {
      const values = [...filterValues(filter), after ?? null, limit];
      const rows = await pool.query<Row>(order === 'newest' ? NEWEST : OLDEST, values);
      return { data: rows.slice(0, limit).map(entryOf), hasMore: rows.length > limit };
    },
    async head() {
      const [row] = await pool.query<{ seq: bigint; hash: string }>('select seq, hash from audit_head');
      return { seq: Number(row?.seq ?? 0n), hash: row?.hash ?? '' };
    },
    async hashAt(seq) {
      const [row] = await pool.query<{ hash: string }>('select hash from audit_log where seq = $1', [seq]);
      return row?.hash ?? null;
    },
    async note(action, object, after) {
      await pool.query('select note_act($1, $2, null, $3::jsonb)', [action, object, after === undefined ? null : JSON.stringify(after)]);
    },
    async noteRequest(requestId, action, object) {
      await pool.query('select note_act($2, $3, null, null) where not exists (select from audit_log where request_id = $1)', [
        requestId,
        action,
        object,
      ]);
    },
    async anchor() {
      const [row] = await pool.query<Omit<AuditAnchor, 'seq'> & { seq: bigint }>(
        'select seq, hash, signed_at as "signedAt", signature from audit_anchor',
      );
      return row === undefined ? null : { ...row, seq: Number(row.seq) };
    },
    async setAnchor({ seq, hash, signedAt, signature }) {
      // Two processes at once: the later one of the chain stays.
      await pool.query(
        `insert into audit_anchor as a (seq, hash, signed_at, signature) values ($1, $2, $3, $4)
         on conflict (only_row) do update set seq = excluded.seq, hash = excluded.hash, signed_at = excluded.signed_at, signature = excluded.signature
         where a.seq <= excluded.seq`,
        [seq, hash, signedAt, signature],
      );
    },
  };
}

function filterValues({ actor, action, object, from, to }: AuditFilter): readonly unknown[] {
  return [actor ?? null, action ?? null, object ?? null, from ?? null, to ?? null];
}

function entryOf({ salt, ...row }: Row): ShownEntry {
  return { ...row, ip_salt: salt };
}
