import type { SqlPool } from '../connection/pool';

/** Names as users write them; those that are absent do not choose. */
export interface Names {
  readonly teamId: number | null;
  readonly team?: string;
  readonly project?: string;
  readonly credential?: string;
  /** E-mail. */
  readonly member?: string;
}

const IDS = `
  select 'team_id' as column, id from teams where name = $2 and ($1::int is null or id = $1)
  union all select 'project_id', id from projects where name = $3 and ($1::int is null or team_id = $1)
  union all select 'credential_id', id from credentials where name = $4 and ($1::int is null or team_id = $1)
  union all select 'member_id', id from users where email = $5`;

/** The ids that names stand for, by column of `calls` and `usage_hours`; null: one of them names nothing that can be seen. */
export async function resolveNames(sql: SqlPool, names: Names): Promise<ReadonlyMap<string, readonly number[]> | null> {
  const { teamId, team = null, project = null, credential = null, member = null } = names;
  const wanted = { team_id: team, project_id: project, credential_id: credential, member_id: member };
  const given = Object.entries(wanted).filter(([, name]) => name !== null);
  if (given.length === 0) return new Map();
  const rows = await sql.query<{ column: string; id: number }>(IDS, [teamId, team, project, credential, member?.toLowerCase() ?? null]);
  const found = given.map(([column]) => [column, rows.filter((row) => row.column === column).map(({ id }) => id)] as const);
  return found.some(([, ids]) => ids.length === 0) ? null : new Map(found);
}

/** The first id of that time. */
export function idKey(prefix: string, at: Date): string {
  return `${prefix}${Math.max(0, at.getTime()).toString(16).padStart(12, '0')}`;
}
