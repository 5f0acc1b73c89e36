import type { TimelineEntry } from '../../../domain/alert/incident';
import type { Sql } from '../connection/pool';
import { storableJson } from '../tasks/parameters';

/** How many entries a timeline keeps. */
const TIMELINE_LENGTH = 200;

/** Adds to timelines: `$1` incidents, `$2` entries as JSON. */
const NOTE = `
  update incidents set timeline = (
    select jsonb_agg(entry order by n) from (
      select entry, n, count(*) over () as total from jsonb_array_elements(timeline || $2::jsonb) with ordinality as log(entry, n)
    ) as log where n > total - ${String(TIMELINE_LENGTH)} or n = 1
  ) where id = any($1::text[])`;

const RESOLVE = `
  update incidents set state = 'resolved', resolved_at = $2 where id = any($1::text[]) and resolved_at is null returning id`;

const RELEASE = 'delete from credential_restraints where incident_id = any($1::text[]) returning credential_id, incident_id';

/** What was held back need not be told any more. */
const SKIP = `
  update notices set status = 'skipped', ended_at = $2
  where incident_id = any($1::text[]) and status = 'pending' and tries = 0 and kind <> 'resolved' and held_until > $2`;

/** Whoever was told that it opened, is told once that it is over. */
const TELL = `
  insert into notices (id, incident_id, alert_id, channel_id, kind)
  select distinct 'ntc_' || md5(incident_id || ':resolved:' || channel_id), incident_id, alert_id, channel_id, 'resolved'
  from notices where incident_id = any($1::text[]) and kind in ('opened', 'escalated') and status <> 'skipped'
  on conflict do nothing`;

/** Writes into the timelines of incidents. */
export async function noteIncidents(sql: Sql, ids: readonly string[], entries: readonly TimelineEntry[]): Promise<void> {
  if (ids.length > 0 && entries.length > 0) await sql.query(NOTE, [ids, storableJson(entries)]);
}

/** Resolves those that are not: gives back what they took of keys, and tells those who were told. In a transaction; the rows are locked. */
export async function resolveIncidents(
  sql: Sql,
  ids: readonly string[],
  { actor, detail, now }: { readonly actor: string; readonly detail: string | null; readonly now: Date },
): Promise<readonly string[]> {
  const resolved = (await sql.query<{ id: string }>(RESOLVE, [ids, now])).map(({ id }) => id);
  if (resolved.length === 0) return [];
  const freed = await sql.query<{ credential_id: number; incident_id: string }>(RELEASE, [resolved]);
  await noteIncidents(
    sql,
    freed.map(({ incident_id: id }) => id),
    [{ at: now, event: 'released', actor, detail: null }],
  );
  await noteIncidents(sql, resolved, [{ at: now, event: 'resolved', actor, detail }]);
  await sql.query(SKIP, [resolved, now]);
  await sql.query(TELL, [resolved]);
  for (const id of resolved) await sql.query(`select tell_incident($1, 'incident.resolved')`, [id]);
  await restrain(
    sql,
    freed.map(({ credential_id: id }) => id),
  );
  return resolved;
}

/** Works out anew what open incidents do to keys. Last in a transaction, as it tells everybody. */
export async function restrain(sql: Sql, credentialIds: readonly number[]): Promise<void> {
  const ids = [...new Set(credentialIds)].sort((one, other) => one - other);
  if (ids.length > 0) await sql.query('select restrain_credentials($1::int[])', [ids]);
}
