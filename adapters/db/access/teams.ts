import type { Secrets } from '../../../domain/access/secrets';
import type { ManagedBy, ModelTiers, Project, Team, TeamBudgetChange, TeamSettings, TeamStore } from '../../../domain/access/team';
import { unknownTeam } from '../../../domain/access/permissions';
import { AppError } from '../../../domain/errors';
import { bodyPolicyObject, bodyPolicyOf, type BodyPolicyObject } from '../../../domain/records/bodies';
import type { Sql, SqlPool } from '../connection/pool';
import { isUniqueViolation } from '../connection/sqlstate';
import { changeLimits, setBudgets } from '../money/budgets';
import { jsonOrNull } from '../tasks/parameters';

interface BalanceRow {
  readonly spent: bigint;
  readonly held: bigint;
}

interface TeamRow extends BalanceRow {
  readonly id: number;
  readonly name: string;
  readonly description: string | null;
  readonly model_tiers: ModelTiers;
  readonly retention_days: number | null;
  readonly time_zone: string;
  readonly log_bodies: BodyPolicyObject | null;
  readonly price_factor: string;
  readonly source: 'config' | 'api';
  readonly members: number;
  readonly created_at: Date;
}

const TEAM = `
  select t.id, t.name, t.description, t.model_tiers, t.retention_days, t.time_zone, t.log_bodies, trim_scale(t.price_factor)::text as price_factor, t.source, t.created_at,
    coalesce(a.spent, 0) as spent, coalesce(a.held, 0) as held,
    (select count(*)::int from memberships m join users u on u.id = m.user_id where m.team_id = t.id and u.disabled_at is null) as members
  from teams t left join accounts a on a.kind = 'team' and a.team_id = t.id and a.key = '' and a.period = ''
  where t.enabled`;

interface ProjectRow extends BalanceRow {
  readonly id: number;
  readonly team_id: number;
  readonly name: string;
  readonly source: 'config' | 'api';
  readonly archived_at: Date | null;
  readonly created_at: Date;
}

const PROJECT = `
  select p.id, p.team_id, p.name, p.source, p.archived_at, p.created_at, coalesce(a.spent, 0) as spent, coalesce(a.held, 0) as held
  from projects p left join accounts a on a.kind = 'project' and a.team_id = p.team_id and a.key = p.id::text and a.period = ''
  where p.team_id = $1`;

/** A team that is not switched off; null: there is none of this name. */
export async function teamNamed(sql: Sql, name: string): Promise<{ readonly id: number; readonly name: string } | null> {
  const [row] = await sql.query<{ id: number; name: string }>('select id, name from teams where name = $1 and enabled', [name]);
  return row ?? null;
}

/** Teams in Postgres. Whoever keeps callers in memory reads them again after a change. */
export function createTeamStore(pool: SqlPool, secrets: Pick<Secrets, 'newCallbackSecret' | 'seal'>): TeamStore {
  const find = async (sql: Sql, name: string): Promise<Team> => {
    const [row] = await sql.query<TeamRow>(`${TEAM} and t.name = $1`, [name]);
    if (row === undefined) throw unknownTeam(name);
    return teamOf(row);
  };
  const findProject = async (sql: Sql, teamId: number, name: string): Promise<Project> => {
    const [row] = await sql.query<ProjectRow>(`${PROJECT} and p.name = $2`, [teamId, name]);
    if (row === undefined) throw new AppError('not_found', `The team has no project ${JSON.stringify(name.slice(0, 100))}.`);
    return projectOf(row);
  };

  return {
    async list({ limit, after }, ids) {
      const rows = await pool.query<TeamRow>(
        `${TEAM} and ($1::text is null or t.name > $1) and ($2::int[] is null or t.id = any($2)) order by t.name limit $3 + 1`,
        [after, ids, limit],
      );
      return rows.map(teamOf);
    },
    find: (name) => find(pool, name),
    create: (name, settings, budgets = []) =>
      pool.transaction(async (sql) => {
        await once(
          sql.query(`insert into teams (name, callback_secret_encrypted, source) values ($1, $2, 'api')`, [
            name,
            secrets.seal(secrets.newCallbackSecret()),
          ]),
          `A team ${name} exists already, or existed in an earlier configuration.`,
        );
        const { id } = await find(sql, name);
        await writeBudgets(sql, id, budgets);
        await write(sql, name, settings);
        return find(sql, name);
      }),
    change: (name, changes, budgets = []) =>
      pool.transaction(async (sql) => {
        const { id } = await find(sql, name);
        await writeBudgets(sql, id, budgets);
        await write(sql, name, changes);
        return find(sql, name);
      }),
    async projects(teamId, { limit, after }) {
      const values = [teamId, after, limit];
      const rows = await pool.query<ProjectRow>(`${PROJECT} and ($2::text is null or p.name > $2) order by p.name limit $3 + 1`, values);
      return rows.map(projectOf);
    },
    findProject: (teamId, name) => findProject(pool, teamId, name),
    async createProject(teamId, name) {
      await once(
        pool.query(`insert into projects (team_id, name, source) values ($1, $2, 'api')`, [teamId, name]),
        `A project ${name} exists already.`,
      );
      return findProject(pool, teamId, name);
    },
    changeProject: ({ id, teamId, name }, changes) =>
      pool.transaction(async (sql) => {
        await once(
          sql.query(
            `update projects set name = coalesce($2, name), updated_at = now(),
               archived_at = case when $3::boolean is null then archived_at when $3 then coalesce(archived_at, now()) end
             where id = $1`,
            [id, changes.name ?? null, changes.archived ?? null],
          ),
          `A project ${changes.name ?? ''} exists already.`,
        );
        await sql.query('select touch_catalogue()');
        return findProject(sql, teamId, changes.name ?? name);
      }),
    removeProject: ({ id, teamId, name }) =>
      pool.transaction(async (sql) => {
        const used = await sql.query(
          `select from credentials where project_id = $1
           union all select from accounts where kind = 'project' and team_id = $2 and key = $1::text and (spent > 0 or held > 0) limit 1`,
          [id, teamId],
        );
        if (used.length > 0) {
          const advice = 'Archive it instead: {"archived": true}.';
          throw new AppError('conflict', `Credentials belong to the project ${name}, or something was spent in it. ${advice}`);
        }
        await setBudgets(sql, [{ kind: 'project', teamId, key: String(id), limits: {} }]);
        await sql.query('delete from projects where id = $1', [id]);
      }),
  };
}

async function writeBudgets(sql: Sql, teamId: number, budgets: readonly TeamBudgetChange[]): Promise<void> {
  for (const { kind, key, changes } of budgets) await changeLimits(sql, { kind, teamId, key }, changes);
}

async function write(sql: Sql, name: string, changes: Partial<TeamSettings>): Promise<void> {
  await sql.query(
    `update teams set updated_at = now(),
       description = case when $2 then $3 else description end,
       retention_days = case when $4 then $5::int else retention_days end,
       model_tiers = coalesce($6::jsonb, model_tiers), time_zone = coalesce($7, time_zone),
       log_bodies = case when $8 then $9::jsonb else log_bodies end,
       price_factor = coalesce($10::numeric, price_factor)
     where name = $1 and enabled`,
    [
      name,
      changes.description !== undefined,
      changes.description ?? null,
      changes.retentionDays !== undefined,
      changes.retentionDays ?? null,
      changes.modelTiers === undefined ? null : JSON.stringify(changes.modelTiers),
      changes.timeZone ?? null,
      changes.logBodies !== undefined,
      jsonOrNull(bodyPolicyObject(changes.logBodies ?? null)),
      changes.priceFactor ?? null,
    ],
  );
  await sql.query('select touch_catalogue()');
}

async function once(writing: Promise<unknown>, message: string): Promise<void> {
  await writing.catch((error: unknown) => {
    throw isUniqueViolation(error) ? new AppError('conflict', `${message} Choose another name.`, { param: 'name' }, error) : error;
  });
}

/** Who changes what was written down with this `source`. */
export function managedBy(source: 'config' | 'api'): ManagedBy {
  return source === 'config' ? 'file' : 'api';
}

function teamOf(row: TeamRow): Team {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    modelTiers: row.model_tiers,
    retentionDays: row.retention_days,
    timeZone: row.time_zone,
    logBodies: bodyPolicyOf(row.log_bodies),
    priceFactor: row.price_factor,
    managedBy: managedBy(row.source),
    members: row.members,
    createdAt: row.created_at,
    spentMicroUsd: row.spent,
    heldMicroUsd: row.held,
  };
}

function projectOf(row: ProjectRow): Project {
  return {
    id: row.id,
    teamId: row.team_id,
    name: row.name,
    managedBy: managedBy(row.source),
    archivedAt: row.archived_at,
    createdAt: row.created_at,
    spentMicroUsd: row.spent,
    heldMicroUsd: row.held,
  };
}
