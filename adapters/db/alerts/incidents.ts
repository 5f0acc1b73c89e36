import {
  CALM_MS,
  type Finding,
  type IncidentFilter,
  type IncidentNote,
  type IncidentStore,
  type TimelineEntry,
} from '../../../domain/alert/incident';
import type { Alert, AlertRule } from '../../../domain/alert/rule';
import { AppError } from '../../../domain/errors';
import type { Sql, SqlPool } from '../connection/pool';
import { storable, storableJson } from '../tasks/parameters';
import { INCIDENT_COLUMNS, incidentOf, type IncidentRow } from './incident-row';
import { noteIncidents, resolveIncidents, restrain } from './resolve';

const OF_TEAMS = '($2::int[] is null or i.team_id = any($2::int[]))';
const FIND = `select ${INCIDENT_COLUMNS} from incidents i left join alerts a on a.id = i.alert_id where i.id = $1 and ${OF_TEAMS}`;
const LIST = `
  select ${INCIDENT_COLUMNS} from incidents i left join alerts a on a.id = i.alert_id
  where ($1::text is null or i.id < $1) and ${OF_TEAMS} and ($3::text is null or i.state = $3 or ($3 = 'active' and i.resolved_at is null))
    and ($4::text is null or i.rule = $4) and ($5::text is null or i.severity = $5)
    and ($6::text is null or i.team_id = (select id from teams where name = $6))
  order by i.id desc limit $7`;
const STATE = 'select state from incidents where id = $1 for update';
const ACKNOWLEDGE = `update incidents set state = 'acknowledged', acknowledged_at = now() where id = $1`;
const CALM = `
  update notices set status = 'skipped', ended_at = now() where incident_id = $1 and kind = 'escalated' and status = 'pending' and tries = 0`;

const HELD = `
  select id, key, holds, resolved_at is not null as is_resolved, is_sticky, cleared_at from incidents
  where coalesce(alert_id, '') = coalesce($1, '') and rule = $2 and (holds or resolved_at is null) for update`;
const SEEN = `
  update incidents i set evidence = coalesce(f.evidence, i.evidence), holds = true, cleared_at = null
  from unnest($1::text[], $2::json[]) as f(id, evidence) where i.id = f.id`;
const CLEARED = 'update incidents set holds = false, cleared_at = $2 where id = any($1::text[])';
const OPEN = `
  insert into incidents (id, alert_id, rule, key, severity, team_id, credential_id, subject, evidence, timeline, is_sticky, opened_at)
  values ($1, $2, $3, $4, $5, $6, $7, $8::json, $9::json, $10::jsonb, $11, $12)`;
const TELL = `
  insert into notices (id, incident_id, alert_id, channel_id, kind, held_until, next_attempt_at)
  select 'ntc_' || md5($1 || ':' || kind || ':' || channel), $1, $2, channel, kind, held, coalesce(held, now())
  from unnest($3::text[], $4::text[], $5::timestamptz[]) as c(channel, kind, held)`;
const RESTRAIN = `
  insert into credential_restraints (incident_id, credential_id, kind, value) values ($1, $2, $3, $4) on conflict do nothing`;
/** By a person. What an incident did before keeps its name. */
const FREEZE = `
  update credentials set frozen_reason = $2, frozen_by = coalesce(frozen_by, 'operator'), updated_at = now()
  where id = $1 and frozen_reason is distinct from $2`;
const THAW = `
  update credentials set frozen_reason = null, frozen_by = null, updated_at = now() where id = $1 and frozen_reason is not null returning id`;

interface HeldRow {
  readonly id: string;
  readonly key: string;
  readonly holds: boolean;
  readonly is_resolved: boolean;
  readonly is_sticky: boolean;
  readonly cleared_at: Date | null;
}

/** Incidents in Postgres. @param newId - `inc_` and digits that rise with time */
export function createIncidentStore(pool: SqlPool, newId: (prefix: string) => string): IncidentStore {
  return {
    async list({ teamIds, state, rule, team, severity, after, limit }: IncidentFilter) {
      const values = [
        after ?? null,
        teamIds,
        state ?? null,
        rule ?? null,
        severity ?? null,
        team === undefined ? null : storable(team),
        limit + 1,
      ];
      const rows = await pool.query<IncidentRow>(LIST, values);
      return { data: rows.slice(0, limit).map(incidentOf), hasMore: rows.length > limit };
    },
    async find(id, teamIds) {
      const [row] = await pool.query<IncidentRow>(FIND, [storable(id), teamIds]);
      return row === undefined ? null : incidentOf(row);
    },
    acknowledge: (id, actor) =>
      pool.transaction(async (sql) => {
        const [row] = await sql.query<{ state: string }>(STATE, [id]);
        if (row?.state === 'resolved') throw new AppError('conflict', `The incident ${id} is resolved already.`);
        if (row?.state !== 'open') return;
        await sql.query(ACKNOWLEDGE, [id]);
        await sql.query(CALM, [id]);
        await sql.query(`select tell_incident($1, 'incident.acknowledged')`, [id]);
        await noteIncidents(sql, [id], [entry('acknowledged', actor, null)]);
      }),
    resolve: (id, actor) =>
      pool.transaction(async (sql) => {
        await sql.query(STATE, [id]);
        await resolveIncidents(sql, [id], { actor, detail: null, now: new Date() });
      }),
    note: (id, actor, note: IncidentNote) =>
      pool.transaction(async (sql) => {
        await sql.query('update incidents set note = $2::json where id = $1', [id, storableJson(note)]);
        await noteIncidents(sql, [id], [entry('noted', actor, `${note.audience}, ${note.lang}`)]);
      }),
    freeze: (credentialId, reason) =>
      pool.transaction(async (sql) => {
        await sql.query(FREEZE, [credentialId, storable(reason)]);
        await sql.query('select touch_catalogue()');
      }),
    release: (credentialId, actor) =>
      pool.transaction(async (sql) => {
        const freed = await sql.query<{ id: string }>(
          'delete from credential_restraints where credential_id = $1 returning incident_id as id',
          [credentialId],
        );
        await noteIncidents(sql, [...new Set(freed.map(({ id }) => id))], [entry('released', actor, null)]);
        const thawed = await sql.query(THAW, [credentialId]);
        await restrain(sql, [credentialId]);
        if (thawed.length > 0) await sql.query('select touch_catalogue()');
        return freed.length + thawed.length > 0;
      }),
    record: (alert, rule, findings, now) =>
      pool.transaction(async (sql) => {
        await sql.query('select from alert_clock for update');
        return recordFindings(sql, { alert, rule, now, newId }, findings);
      }),
  };
}

interface Look {
  readonly alert: Alert | null;
  readonly rule: AlertRule;
  readonly now: Date;
  readonly newId: (prefix: string) => string;
}

async function recordFindings(sql: Sql, look: Look, findings: readonly Finding[]) {
  const { alert, rule, now } = look;
  const held = await sql.query<HeldRow>(HELD, [alert?.id ?? null, rule]);
  const found = new Map(findings.map((finding) => [finding.key, finding]));
  const known = new Map(held.map((row) => [row.key, row]));

  const seen = held.filter(({ key }) => found.has(key));
  if (seen.length > 0) {
    const evidence = seen.map(({ key, is_resolved }) => (is_resolved ? null : storableJson(found.get(key)?.evidence)));
    await sql.query(SEEN, [seen.map(({ id }) => id), evidence]);
    const returned = seen.filter(({ holds }) => !holds);
    await noteIncidents(
      sql,
      returned.map(({ id }) => id),
      [entry('returned', 'atelier', null, now)],
    );
  }

  const gone = held.filter(({ key, holds }) => holds && !found.has(key));
  if (gone.length > 0) {
    await sql.query(CLEARED, [gone.map(({ id }) => id), now]);
    const open = gone.filter(({ is_resolved }) => !is_resolved);
    if (CALM_MS[rule] > 0)
      await noteIncidents(
        sql,
        open.map(({ id }) => id),
        [entry('cleared', 'atelier', null, now)],
      );
  }

  const calm = held.filter(({ key, is_resolved, is_sticky, holds, cleared_at }) => {
    const since = holds ? now : (cleared_at ?? now);
    return !is_resolved && !is_sticky && !found.has(key) && now.getTime() - since.getTime() >= CALM_MS[rule];
  });
  const detail = 'the condition no longer holds';
  const resolved = await resolveIncidents(
    sql,
    calm.map(({ id }) => id),
    { actor: 'atelier', detail, now },
  );

  const opened: { id: string; key: string }[] = [];
  for (const finding of found.values()) {
    if (!known.has(finding.key) && finding.isNews !== false) opened.push({ id: await open(sql, look, finding), key: finding.key });
  }
  return { opened, resolved };
}

async function open(sql: Sql, { alert, rule, now, newId }: Look, finding: Finding): Promise<string> {
  const id = newId('inc');
  const done = alert === null || finding.credentialId === null ? [] : restraintsOf(alert);
  const timeline: TimelineEntry[] = [
    entry('opened', 'atelier', null, now),
    ...done.map(({ event, detail }) => entry(event, 'atelier', `${finding.subject.credential ?? ''}${detail}`, now)),
  ];
  const isSticky = done.some(({ kind }) => kind === 'freeze');
  await sql.query(OPEN, [
    id,
    alert?.id ?? null,
    rule,
    storable(finding.key),
    finding.severity,
    finding.teamId,
    finding.credentialId,
    storableJson(finding.subject),
    storableJson(finding.evidence),
    storableJson(timeline),
    isSticky,
    now,
  ]);
  if (alert !== null) {
    const held = alert.channels.map(({ afterMinutes }) => (afterMinutes === null ? null : new Date(now.getTime() + afterMinutes * 60_000)));
    const kinds = held.map((until) => (until === null ? 'opened' : 'escalated'));
    await sql.query(TELL, [id, alert.id, alert.channels.map((channel) => channel.id), kinds, held]);
  }
  if (rule === 'budget') await sql.query(`select tell_incident($1, 'budget.threshold')`, [id]);
  await sql.query(`select tell_incident($1, 'incident.opened')`, [id]);
  if (finding.credentialId !== null && done.length > 0) {
    for (const { kind, value } of done) await sql.query(RESTRAIN, [id, finding.credentialId, kind, value]);
    await restrain(sql, [finding.credentialId]);
  }
  return id;
}

/** What the actions of an alert do to a key. */
function restraintsOf({ settings }: Alert) {
  const { actions, throttlePerMinute, ceilingMicroUsd } = settings;
  return [
    ...(actions.includes('freeze_credential') ? [{ kind: 'freeze', value: null, event: 'frozen', detail: '' } as const] : []),
    ...(actions.includes('throttle')
      ? [{ kind: 'throttle', value: throttlePerMinute, event: 'throttled', detail: `: ${throttlePerMinute} requests a minute` } as const]
      : []),
    ...(actions.includes('limit_cost') && ceilingMicroUsd !== null
      ? [{ kind: 'ceiling', value: ceilingMicroUsd, event: 'limited', detail: '' } as const]
      : []),
  ];
}

function entry(event: TimelineEntry['event'], actor: string, detail: string | null, at = new Date()): TimelineEntry {
  return { at, event, actor, detail };
}
