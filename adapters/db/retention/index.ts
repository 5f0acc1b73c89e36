import type { ManagedBy } from '../../../domain/access/team';
import { unknownTeam } from '../../../domain/access/permissions';
import { managedByFile } from '../../../domain/config/document';
import { AppError } from '../../../domain/errors';
import type { HoldObject, LegalHold, Removed, RetentionRule, RetentionRun, RetentionStore } from '../../../domain/retention/retention';
import { managedBy, teamNamed } from '../access/teams';
import type { Sql, SqlPool } from '../connection/pool';

interface RuleRow {
  readonly kind: RetentionRule['kind'];
  readonly team: string | null;
  readonly class: RetentionRule['class'];
  readonly days: number | null;
  readonly source: 'config' | 'api';
}

const RULES = `select r.kind, t.name as team, nullif(r.class, '') as class, r.days, r.source
  from retention_rules r left join teams t on t.id = r.team_id order by r.kind, t.name nulls first, r.class`;

interface HoldRow {
  readonly id: string;
  readonly kind: HoldObject['kind'];
  readonly object: string;
  readonly reason: string;
  readonly created_at: Date;
}

const HOLDS = `select h.id, case when h.team_id is not null then 'team' when h.task_id is not null then 'task' else 'campaign' end as kind,
    coalesce((select name from teams where id = h.team_id), h.task_id, h.campaign_id) as object, h.reason, h.created_at
  from legal_holds h where h.released_at is null`;

interface RemovedRow {
  readonly kind: Removed['kind'];
  readonly team: string | null;
  readonly rows: bigint;
  readonly bytes: bigint;
}

/** All rules, with who manages them. */
export async function readRules(sql: Sql) {
  return (await sql.query<RuleRow>(RULES)).map(ruleOf);
}

/** Rules of retention, legal holds, and reports of what went. What deletes is in `upkeep`. */
export function createRetentionStore(pool: SqlPool): RetentionStore {
  return {
    rules: () => readRules(pool),
    setRules: (rules, configFile) =>
      pool.transaction(async (sql) => {
        for (const rule of await readRules(sql)) {
          if (rule.managedBy === 'file' && rules.some((other) => isSamePlace(rule, other))) {
            throw managedByFile(`The retention of ${titleOf(rule)}`, configFile);
          }
        }
        await writeRules(sql, rules, 'api');
      }),
    async holds() {
      return (await pool.query<HoldRow>(`${HOLDS} order by h.created_at, h.id`)).map(holdOf);
    },
    hold: (id, on, reason) =>
      pool.transaction(async (sql) => {
        const object = await idOf(sql, on);
        await sql.query(`insert into legal_holds (id, ${on.kind}_id, reason) values ($1, $2, $3)`, [id, object, reason]);
        const [row] = await sql.query<HoldRow>(`${HOLDS} and h.id = $1`, [id]);
        if (row === undefined) throw new AppError('internal', 'A hold is gone that was just made.');
        return holdOf(row);
      }),
    release: (id) =>
      pool.transaction(async (sql) => {
        const rows = await sql.query('update legal_holds set released_at = now() where id = $1 and released_at is null returning id', [id]);
        if (rows.length === 0)
          throw new AppError('not_found', `There is no legal hold ${JSON.stringify(id.slice(0, 64))}, or it was released.`);
        // What was held is looked for from the beginning of the log.
        await sql.query('delete from call_ends');
      }),
    async runs({ limit, before }) {
      const rows = await pool.query<RemovedRow & { started_at: Date; ended_at: Date }>(
        `select r.kind, t.name as team, r.rows, r.bytes, r.started_at, r.ended_at from retention_runs r left join teams t on t.id = r.team_id
         where ($2::timestamptz is null or r.started_at < $2) order by r.started_at desc, r.kind, r.team_id limit $1`,
        [limit, before],
      );
      return rows.map((row): RetentionRun => ({ ...removedOf(row), startedAt: row.started_at, endedAt: row.ended_at }));
    },
    preview: (now, callDays, most) =>
      pool.transaction(async (sql) => {
        await sql.query(`set local statement_timeout = '60s'`);
        const rows = await sql.query<RemovedRow>(
          `select p.kind, t.name as team, p.rows, p.bytes from retention_preview($1, $2, $3) as p left join teams t on t.id = p.team_id`,
          [now, callDays, most],
        );
        return rows.map(removedOf);
      }),
  };
}

/** Makes the rules of one source equal to these, within the caller's transaction. @returns whether something changed */
export async function writeRules(sql: Sql, rules: readonly RetentionRule[], source: RuleRow['source']): Promise<boolean> {
  const places: { kind: string; team_id: number; class: string; days: number | null }[] = [];
  for (const rule of rules) {
    const team = rule.team === null ? { id: 0 } : await teamNamed(sql, rule.team);
    if (team === null) throw unknownTeam(rule.team ?? '', 'rules');
    places.push({ kind: rule.kind, team_id: team.id, class: rule.class ?? '', days: rule.days });
  }
  const wanted = JSON.stringify(places);
  const given = `json_to_recordset($1::json) as w(kind text, team_id int, class text, days int)`;
  const gone = await sql.query(
    `delete from retention_rules r where source = $2
       and not exists (select from ${given} where (w.kind, w.team_id, w.class) = (r.kind, r.team_id, r.class)) returning kind`,
    [wanted, source],
  );
  const set = await sql.query(
    `insert into retention_rules as r (kind, team_id, class, days, source) select w.kind, w.team_id, w.class, w.days, $2 from ${given}
     on conflict (kind, team_id, class) do update set days = excluded.days, source = excluded.source
     where (r.days, r.source) is distinct from (excluded.days, excluded.source) returning kind`,
    [wanted, source],
  );
  return gone.length + set.length > 0;
}

async function idOf(sql: Sql, { kind, id }: HoldObject): Promise<number | string> {
  if (kind === 'team') {
    const team = await teamNamed(sql, id);
    if (team === null) throw unknownTeam(id, 'team');
    return team.id;
  }
  const table = kind === 'task' ? 'tasks' : 'campaigns';
  const rows = await sql.query(`select from ${table} where id = $1`, [id]);
  if (rows.length === 0) throw new AppError('not_found', `There is no ${kind} ${JSON.stringify(id.slice(0, 100))}.`, { param: kind });
  return id;
}

function ruleOf({ source, ...rule }: RuleRow): RetentionRule & { readonly managedBy: ManagedBy } {
  return { ...rule, managedBy: managedBy(source) };
}

function isSamePlace(one: RetentionRule, other: RetentionRule): boolean {
  return one.kind === other.kind && one.team === other.team && one.class === other.class;
}

function titleOf({ kind, team, class: ofClass }: RetentionRule): string {
  return [kind, team === null ? 'of all teams' : `of the team ${team}`, ...(ofClass === null ? [] : [`for ${ofClass} keys`])].join(' ');
}

function holdOf(row: HoldRow): LegalHold {
  return { id: row.id, on: { kind: row.kind, id: row.object }, reason: row.reason, createdAt: row.created_at };
}

function removedOf(row: RemovedRow): Removed {
  return { kind: row.kind, team: row.team, rows: Number(row.rows), bytes: Number(row.bytes) };
}
