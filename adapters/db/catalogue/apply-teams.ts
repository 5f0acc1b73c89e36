import { isDeepStrictEqual } from 'node:util';
import { CREDENTIAL_CLASSES } from '../../../domain/access/caller';
import type { ConfigBudget, ConfigDocument, ConfigTeam } from '../../../domain/config/document';
import type { Secrets } from '../../../domain/access/secrets';
import { bodyPolicyObject, type BodyPolicyObject } from '../../../domain/records/bodies';
import type { Sql } from '../connection/pool';
import { setBudgets, type OwnerLimits } from '../money/budgets';
import { jsonOrNull } from '../tasks/parameters';
import { applyCredentials } from './apply-credentials';
import { disableUnnamed } from './apply-definitions';
import type { Changes } from './changes';

interface TeamRow {
  readonly id: number;
  readonly name: string;
  readonly time_zone: string;
  readonly callback_secret_encrypted: string;
  readonly retention_days: number | null;
  readonly model_tiers: ConfigTeam['modelTiers'];
  readonly log_bodies: BodyPolicyObject | null;
  readonly enabled: boolean;
  readonly source: string;
}

/** Makes teams, their credentials and all limits equal to the document's. */
export async function applyTeams(
  sql: Sql,
  { teams, organisation }: Pick<ConfigDocument, 'teams' | 'organisation'>,
  secrets: Secrets,
  changes: Changes,
): Promise<void> {
  const rows = await sql.query<TeamRow>(
    'select id, name, time_zone, callback_secret_encrypted, retention_days, model_tiers, log_bodies, enabled, source from teams',
  );
  const stored = new Map(rows.map((row) => [row.name, row]));
  const ids = new Map<string, number>();
  for (const team of teams) {
    ids.set(team.name, await applyTeam(sql, team, stored.get(team.name), secrets, changes));
  }
  await disableUnnamed(sql, 'teams', teams, changes);
  const named = teams.map((team) => ({ team, teamId: ids.get(team.name) ?? 0 }));
  const projectLimits = await applyProjects(sql, named, changes);
  const credentialLimits = await applyCredentials(sql, named, secrets, changes);
  // All at once, so that their accounts are locked in order.
  const changed = await setBudgets(sql, [
    ...(organisation === null ? [] : [{ kind: 'organisation' as const, teamId: 0, key: '', ...organisation }]),
    ...named.flatMap(({ team, teamId }) => limitsOf(team, teamId)),
    ...projectLimits,
    ...credentialLimits,
  ]);
  if (changed.some(({ kind }) => kind === 'organisation')) changes.note('updated', 'limits of the organisation');
  const changedIds = new Set(changed.map(({ teamId }) => teamId));
  named.filter(({ teamId }) => changedIds.has(teamId)).forEach(({ team }) => changes.note('updated', `limits of team ${team.name}`));
}

interface ProjectRow {
  readonly id: number;
  readonly team_id: number;
  readonly name: string;
  readonly source: 'config' | 'api';
  readonly archived_at: Date | null;
}

/** Makes the projects that the document names, archives those that an earlier one named, and answers their limits. */
async function applyProjects(
  sql: Sql,
  teams: readonly { readonly team: ConfigTeam; readonly teamId: number }[],
  changes: Changes,
): Promise<readonly OwnerLimits[]> {
  const rows = await sql.query<ProjectRow>('select id, team_id, name, source, archived_at from projects');
  const limits: OwnerLimits[] = [];
  const kept = new Set<number>();
  for (const { team, teamId } of teams) {
    for (const { name, budget } of team.projects) {
      const row = rows.find((one) => one.team_id === teamId && one.name === name);
      const isSame = row !== undefined && row.source === 'config' && row.archived_at === null;
      changes.note(row === undefined ? 'created' : isSame ? 'unchanged' : 'updated', `project ${team.name}/${name}`);
      const id = isSame ? row.id : await writeProject(sql, teamId, name);
      kept.add(id);
      limits.push({ kind: 'project', teamId, key: String(id), ...budget });
    }
  }
  const gone = rows.filter((row) => row.source === 'config' && row.archived_at === null && !kept.has(row.id));
  await sql.query('update projects set archived_at = now(), updated_at = now() where id = any($1::int[])', [gone.map(({ id }) => id)]);
  gone.forEach(({ name }) => changes.note('disabled', `project ${name}`));
  return limits;
}

async function writeProject(sql: Sql, teamId: number, name: string): Promise<number> {
  const [written] = await sql.query<{ id: number }>(
    `insert into projects (team_id, name, source) values ($1, $2, 'config')
     on conflict (team_id, name) do update set source = 'config', archived_at = null, updated_at = now() returning id`,
    [teamId, name],
  );
  return written?.id ?? 0;
}

async function applyTeam(sql: Sql, team: ConfigTeam, row: TeamRow | undefined, secrets: Secrets, changes: Changes): Promise<number> {
  const kept = row === undefined ? null : secrets.open(row.callback_secret_encrypted);
  const callbackSecret = team.callbackSecret ?? kept ?? secrets.newCallbackSecret();
  if (
    row !== undefined &&
    row.enabled &&
    row.source === 'config' &&
    kept === callbackSecret &&
    row.time_zone === team.timeZone &&
    row.retention_days === team.retentionDays &&
    isDeepStrictEqual(row.model_tiers, team.modelTiers) &&
    isDeepStrictEqual(row.log_bodies, bodyPolicyObject(team.logBodies))
  ) {
    changes.note('unchanged', `team ${team.name}`);
    return row.id;
  }
  const [written] = await sql.query<{ id: number }>(
    `insert into teams (name, time_zone, callback_secret_encrypted, retention_days, model_tiers, log_bodies, source)
     values ($1, $2, $3, $4, $5, $6, 'config')
     on conflict (name) do update set time_zone = excluded.time_zone,
       callback_secret_encrypted = excluded.callback_secret_encrypted, retention_days = excluded.retention_days,
       model_tiers = excluded.model_tiers, log_bodies = excluded.log_bodies, source = 'config', enabled = true, updated_at = now()
     returning id`,
    [
      team.name,
      team.timeZone,
      secrets.seal(callbackSecret),
      team.retentionDays,
      JSON.stringify(team.modelTiers),
      jsonOrNull(bodyPolicyObject(team.logBodies)),
    ],
  );
  changes.note(row === undefined ? 'created' : 'updated', `team ${team.name}`);
  return written?.id ?? 0;
}

function limitsOf(team: ConfigTeam, teamId: number): readonly OwnerLimits[] {
  return [
    { kind: 'team', teamId, key: '', ...team.budget },
    ...CREDENTIAL_CLASSES.map((name) => ({ kind: 'class' as const, teamId, key: name, ...(team.classBudgets[name] ?? NONE) })),
  ];
}

const NONE: ConfigBudget = { limits: {}, warnPercent: [] };
