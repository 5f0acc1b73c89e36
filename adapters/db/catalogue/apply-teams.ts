import { CREDENTIAL_CLASSES } from '../../../domain/access/caller';
import type { ConfigTeam } from '../../../domain/config/document';
import type { Secrets } from '../../../domain/access/secrets';
import type { Sql } from '../connection/pool';
import { followMonthlyLimits, setAccountLimits, type AccountLimit } from './accounts';
import { applyCredentials } from './apply-credentials';
import { disableUnnamed } from './apply-definitions';
import type { Changes } from './changes';

interface TeamRow {
  readonly id: number;
  readonly name: string;
  readonly monthly_limit_micro_usd: bigint | null;
  readonly callback_secret_encrypted: string;
  readonly retention_days: number | null;
  readonly enabled: boolean;
  readonly source: string;
}

/** Makes teams, their credentials and all their limits equal to the document's. */
export async function applyTeams(sql: Sql, teams: readonly ConfigTeam[], secrets: Secrets, changes: Changes): Promise<void> {
  const rows = await sql.query<TeamRow>(
    'select id, name, monthly_limit_micro_usd, callback_secret_encrypted, retention_days, enabled, source from teams',
  );
  const stored = new Map(rows.map((row) => [row.name, row]));
  const ids = new Map<string, number>();
  for (const team of teams) {
    ids.set(team.name, await applyTeam(sql, team, stored.get(team.name), secrets, changes));
  }
  await disableUnnamed(sql, 'teams', teams, changes);
  const named = teams.map((team) => ({ team, teamId: ids.get(team.name) ?? 0 }));
  const credentialLimits = await applyCredentials(sql, named, secrets, changes);
  const changed = await setAccountLimits(sql, [...named.flatMap(({ team, teamId }) => limitsOf(team, teamId)), ...credentialLimits]);
  named.filter(({ teamId }) => changed.has(teamId)).forEach(({ team }) => changes.note('updated', `limits of team ${team.name}`));
  await followMonthlyLimits(sql, [...ids.values()]);
}

async function applyTeam(sql: Sql, team: ConfigTeam, row: TeamRow | undefined, secrets: Secrets, changes: Changes): Promise<number> {
  const kept = row === undefined ? null : secrets.open(row.callback_secret_encrypted);
  const callbackSecret = team.callbackSecret ?? kept ?? secrets.newCallbackSecret();
  if (
    row !== undefined &&
    row.enabled &&
    row.source === 'config' &&
    kept === callbackSecret &&
    row.monthly_limit_micro_usd === team.monthlyMicroUsd &&
    row.retention_days === team.retentionDays
  ) {
    changes.note('unchanged', `team ${team.name}`);
    return row.id;
  }
  const [written] = await sql.query<{ id: number }>(
    `insert into teams (name, monthly_limit_micro_usd, callback_secret_encrypted, retention_days, source) values ($1, $2, $3, $4, 'config')
     on conflict (name) do update set monthly_limit_micro_usd = excluded.monthly_limit_micro_usd,
       callback_secret_encrypted = excluded.callback_secret_encrypted, retention_days = excluded.retention_days,
       source = 'config', enabled = true, updated_at = now()
     returning id`,
    [team.name, team.monthlyMicroUsd?.toString() ?? null, secrets.seal(callbackSecret), team.retentionDays],
  );
  changes.note(row === undefined ? 'created' : 'updated', `team ${team.name}`);
  return written?.id ?? 0;
}

/** Every class has an account, so that spending is counted by class also where nothing limits it. */
function limitsOf(team: ConfigTeam, teamId: number): readonly AccountLimit[] {
  return [
    { kind: 'team', teamId, key: '', limitMicroUsd: team.totalMicroUsd },
    ...CREDENTIAL_CLASSES.map((name) => ({ kind: 'class' as const, teamId, key: name, limitMicroUsd: team.classBudgets[name] ?? null })),
  ];
}
