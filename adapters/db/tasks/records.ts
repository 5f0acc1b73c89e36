import { AppError } from '../../../domain/errors';
import { MOST_COUNTED, type TaskChoice, type TaskFilter } from '../../../domain/task/choice';
import type { TaskStatus } from '../../../domain/task/task';
import type { SqlPool } from '../connection/pool';
import { resolveNames } from '../records/names';
import { storable } from './parameters';

/** What is common in a team is found among so many of its newest; what is not there is asked of the index. */
const NEWEST = 2_000;

/** Ids in the order of the filter, one more than its limit when there are more. */
export async function findRecords(sql: SqlPool, filter: TaskFilter): Promise<readonly string[]> {
  const { order, limit, after } = filter;
  const conditions = await conditionsOf(sql, filter);
  if (conditions === null) return [];
  const { where, values, late, team } = conditions;
  if (after !== undefined) where.push(`r.id ${order === 'asc' ? '>' : '<'} $${String(values.push(after))}`);
  const page = `order by id ${order} limit ${String(limit + 1)}`;
  const chosen = where.join(' and ');
  const find = (records: string): Promise<readonly { readonly id: string; readonly recorded: number }[]> =>
    sql.query(
      `with recorded as materialized (${records} ${page}), late as materialized (select r.id from ${late} r where ${chosen})
       select id, (select count(*)::int from recorded) as recorded from (select id from recorded union select id from late) as found ${page}`,
      values,
    );
  // Postgres cannot know how rare a combination is, and a wrong guess walks through all that a team ever made: it is looked for among the newest first,
  // and behind `offset 0` by the index of facets and words.
  const beyond = after === undefined ? '' : `and n.id ${order === 'asc' ? '>' : '<'} $${String(values.length)}`;
  const newest = `select n.* from task_records n where ${team('n')} ${beyond} order by n.id ${order} limit ${String(NEWEST)}`;
  const near = await find(`select r.id from (${newest}) as r where ${chosen}`);
  const isFull = (near[0]?.recorded ?? 0) > limit;
  const rows = isFull ? near : await find(`select id from (select r.id from task_records r where ${chosen} offset 0) as r`);
  return rows.map(({ id }) => id);
}

/** How many tasks there are in each status, of the newest `MOST_COUNTED`. */
export async function countRecords(
  sql: SqlPool,
  choice: TaskChoice,
): Promise<{ readonly rows: readonly { readonly status: TaskStatus; readonly count: number }[]; readonly isComplete: boolean }> {
  const conditions = await conditionsOf(sql, choice);
  if (conditions === null) return { rows: [], isComplete: true };
  const { where, values, late } = conditions;
  const most = String(MOST_COUNTED + 1);
  const part = (from: string): string =>
    `(select r.id, r.status from ${from} r where ${where.join(' and ')} order by r.id desc limit ${most})`;
  const rows = await sql.query<{ status: TaskStatus; count: number }>(
    `select status, count(*)::int as count from (
       select * from (${part('task_records')} union ${part(late)}) as found order by id desc limit ${most}) as counted group by status`,
    values,
  );
  return { rows, isComplete: rows.reduce((sum, { count }) => sum + count, 0) <= MOST_COUNTED };
}

interface Conditions {
  readonly where: string[];
  readonly values: unknown[];
  /** The set-returning call for what is not recorded yet. */
  readonly late: string;
  /** The condition of the team alone, for an alias. */
  readonly team: (alias: string) => string;
}

/** The facets of a choice, each as what any one of must be there. */
function facetsOf(choice: TaskChoice): readonly (readonly string[])[] {
  const { template, fallback } = choice;
  const single = {
    type: choice.type,
    model: choice.model,
    campaign: choice.campaignId,
    endpoint: choice.endpoint,
    provider: choice.provider,
    class: choice.class,
    error: choice.errorCode,
    fallback: fallback === undefined ? undefined : String(fallback),
    template:
      template === undefined ? undefined : `${template.name}${template.version === undefined ? '' : `@${String(template.version)}`}`,
  };
  return [
    ...Object.entries(single).flatMap(([name, value]) => (value === undefined ? [] : [[`${name}:${value}`]])),
    ...Object.entries(choice.metadata ?? {}).map(([key, value]) => [`metadata:${key}=${value}`]),
    ...(choice.statuses === undefined ? [] : [choice.statuses.map((status) => `status:${status}`)]),
  ];
}

/** The conditions of a choice over `task_records r`, with their values; null: it can match nothing. */
async function conditionsOf(sql: SqlPool, choice: TaskChoice): Promise<Conditions | null> {
  const { teamId, externalId, createdAfter, createdBefore, ids, q } = choice;
  const { credential, project, member } = choice;
  const names = await resolveNames(sql, {
    teamId,
    ...(credential === undefined ? {} : { credential }),
    ...(project === undefined ? {} : { project }),
    ...(member === undefined ? {} : { member }),
  });
  if (names === null) return null;
  const named = [...names].map(([column, found]) => found.map((id) => `${column.replace('_id', '')}:${String(id)}`));
  const where: string[] = [];
  const values: unknown[] = [];
  const add = (condition: (value: string) => string, value: unknown): void => {
    where.push(condition(`$${String(values.push(value))}`));
  };
  const team = (alias: string): string => `($1::int is null or ${alias}.team_id = $1)`;
  add(() => team('r'), teamId);
  for (const facets of [...facetsOf(choice), ...named]) {
    const texts = facets.map(storable);
    if (teamId !== null && texts.length === 1) add((value) => `r.facets @> ${value}::text[]`, [`${String(teamId)}:${texts[0] ?? ''}`]);
    else if (teamId !== null) {
      add(
        (value) => `r.facets && ${value}::text[]`,
        texts.map((text) => `${String(teamId)}:${text}`),
      );
    } else {
      add((value) => `r.facets && array(select m.id || ':' || facet from teams m, unnest(${value}::text[]) as facet)`, texts);
    }
  }
  if (externalId !== undefined) {
    add(
      (value) => `r.id in (select task_id from external_ids x where x.external_id = ${value} and x.team_id = r.team_id)`,
      storable(externalId),
    );
  }
  if (createdAfter !== undefined)
    add(
      (value) =>
        `date_trunc('milliseconds', r.created_at) > ${value}::timestamptz and r.id >= task_key(${value}::timestamptz - interval '1 hour')`,
      createdAfter,
    );
  if (createdBefore !== undefined)
    add((value) => `r.created_at < ${value}::timestamptz and r.id <= task_key(${value}::timestamptz + interval '1 hour')`, createdBefore);
  if (ids !== undefined) add((value) => `r.id = any(${value}::text[])`, ids.map(storable));
  if (q !== undefined) {
    const [query] = await sql.query<{ words: string | null }>('select search_query($1)::text as words', [storable(q)]);
    if (query?.words === null || query === undefined)
      throw new AppError('invalid_value', 'Invalid q: it has no letter or digit to look for.', { param: 'q' });
    add((value) => `r.words @@ ${value}::tsquery`, query.words);
  }
  return { where, values, late: 'late_records($1::int)', team };
}
