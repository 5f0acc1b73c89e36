import type { CallFilter } from '../../../domain/records/call';
import type { SqlPool } from '../connection/pool';
import { storable } from '../tasks/parameters';
import { idKey, resolveNames } from './names';

/** What an id, pasted into `q`, says exactly; null: it is no id. */
async function callIdOf(sql: SqlPool, q: string): Promise<string | null> {
  const digits = /^(?:call|req)_([0-9a-f]{32})$/.exec(q)?.[1];
  if (digits !== undefined) return `call_${digits}`;
  if (!/^task_[0-9a-f]{32}$/.test(q)) return null;
  const [task] = await sql.query<{ id: string }>('select call_id(id, request) as id from tasks where id = $1', [q]);
  return task?.id ?? `call_${q.slice(5)}`;
}

const LIKE_SPECIAL = /[\\%_]/g;

export interface Conditions {
  readonly where: string[];
  readonly values: unknown[];
}

/** The conditions of a filter over `calls c`, with their values; null: it can match nothing. */
export async function conditionsOf(sql: SqlPool, filter: CallFilter): Promise<Conditions | null> {
  const where: string[] = [];
  const values: unknown[] = [];
  const add = (condition: (value: string) => string, value: unknown): void => {
    values.push(value);
    where.push(condition(`$${values.length}`));
  };
  const { teamIds } = filter;
  const names = await resolveNames(sql, { ...filter, teamId: teamIds?.length === 1 ? (teamIds[0] ?? null) : null });
  if (names === null) return null;
  for (const [column, ids] of names) {
    if (ids.length === 1) add((value) => `c.${column} = ${value}`, ids[0]);
    else add((value) => `c.${column} = any(${value}::int[])`, ids);
  }
  if (teamIds?.length === 1) add((value) => `c.team_id = ${value}`, teamIds[0]);
  else if (teamIds !== null) add((value) => `c.team_id = any(${value}::int[])`, teamIds);
  if (filter.from !== undefined) add((value) => `c.id >= ${value}`, idKey('call_', filter.from));
  if (filter.to !== undefined) add((value) => `c.id < ${value}`, idKey('call_', filter.to));
  if (filter.class !== undefined) add((value) => `c.class = ${value}`, filter.class);
  if (filter.model !== undefined) add((value) => `c.model = ${value}`, storable(filter.model));
  if (filter.provider !== undefined) add((value) => `c.provider = ${value}`, storable(filter.provider));
  if (filter.status !== undefined) add((value) => `c.status = ${value}`, filter.status);
  // Says so in its own words, for the index of what did not succeed.
  if (filter.errorCode !== undefined || (filter.status !== undefined && filter.status !== 'succeeded'))
    where.push(`c.status <> 'succeeded'`);
  if (filter.errorCode !== undefined) add((value) => `c.error_code = ${value}`, storable(filter.errorCode));
  if (filter.endpoint !== undefined) add((value) => `c.endpoint = ${value}`, storable(filter.endpoint));
  if (filter.minCostMicroUsd !== undefined) add((value) => `c.cost >= ${value}`, filter.minCostMicroUsd);
  if (filter.q !== undefined) {
    const id = await callIdOf(sql, filter.q);
    if (id === null) {
      const parts = ['c.model', 'c.served_model', 'c.client', 'c.ip', 'c.provider', 'c.error_code', 'c.campaign_id'];
      add(
        (value) => `(${parts.map((part) => `${part} ilike ${value}`).join(' or ')})`,
        `%${storable(filter.q).replace(LIKE_SPECIAL, '\\$&')}%`,
      );
    } else if (filter.q.startsWith('task_')) {
      // Repeats of a request name the same task; they come within the life of its key.
      values.push(id, filter.q, `call_${(BigInt(`0x${id.slice(5, 17)}`) + 172_800_000n).toString(16).padStart(12, '0')}`);
      const [first, task, last] = [values.length - 2, values.length - 1, values.length].map((place) => `$${String(place)}`);
      where.push(`c.id >= ${first ?? ''} and c.id < ${last ?? ''} and c.task_id = ${task ?? ''}`);
    } else add((value) => `c.id = ${value}`, id);
  }
  return { where, values };
}
