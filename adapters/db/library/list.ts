import type { AssetFilter, LibraryAsset } from '../../../domain/asset/library';
import { AppError } from '../../../domain/errors';
import type { Page } from '../../../domain/task/store';
import type { SqlPool } from '../connection/pool';
import { storable } from '../tasks/parameters';
import { CONTENTS_EXPIRED_AT } from '../tasks/row';
import { LIBRARY_COLUMNS, libraryAssetOf, type LibraryRow } from './row';

/** Not there for people: its task was hidden, or the retention of its task has passed before the housekeeping came to it. */
const IS_SHOWN = `o.deleted_at is null and o.contents_expired_at is null
  and (o.task_id is null or exists (select from tasks t where t.id = o.task_id and t.hidden_at is null and ${CONTENTS_EXPIRED_AT} is null))`;

/** A page of the library, the newest first. */
export async function listAssets(sql: SqlPool, filter: AssetFilter): Promise<Page<LibraryAsset>> {
  const { teamId, kind, purpose, q, tags, favourite, template, campaignId, taskId, createdAfter, createdBefore, after, limit } = filter;
  const where: string[] = [IS_SHOWN];
  const values: unknown[] = [];
  const add = (condition: (value: string) => string, value: unknown): void => {
    where.push(condition(`$${String(values.push(value))}`));
  };
  add((value) => `(${value}::int is null or o.team_id = ${value})`, teamId);
  if (purpose !== undefined) add((value) => `o.purpose = ${value}`, purpose);
  else where.push('o.purpose is null');
  if (kind !== undefined) add((value) => `o.kind = ${value}`, kind);
  if (tags !== undefined) add((value) => `o.tags @> ${value}::text[] and o.tags <> '{}'`, tags.map(storable));
  if (favourite !== undefined) where.push(favourite ? 'o.favourite' : 'not o.favourite');
  if (taskId !== undefined) add((value) => `o.task_id = ${value}`, taskId);
  if (campaignId !== undefined) add((value) => `o.task_id in (select t.id from tasks t where t.campaign_id = ${value})`, campaignId);
  if (template !== undefined) {
    const [name, version] = [`$${String(values.push(template.name))}`, `$${String(values.push(template.version ?? null))}::int`];
    where.push(`o.task_id in (select t.id from tasks t where ($1::int is null or t.team_id = $1) and t.request ->> 'template' = ${name}
      and (${version} is null or (t.request ->> 'template_version')::int = ${version}))`);
  }
  if (createdAfter !== undefined) add((value) => `date_trunc('milliseconds', o.created_at) > ${value}::timestamptz`, createdAfter);
  if (createdBefore !== undefined) add((value) => `o.created_at < ${value}`, createdBefore);
  if (after !== undefined)
    add((value) => `(o.created_at, o.id) < (select last.created_at, last.id from assets last where last.id = ${value})`, after);
  if (q !== undefined) {
    const [query] = await sql.query<{ words: string | null }>('select search_query($1)::text as words', [storable(q)]);
    if (query?.words === null || query === undefined)
      throw new AppError('invalid_value', 'Invalid q: it has no letter or digit to look for.', { param: 'q' });
    add(
      (value) => `o.id in (
        select named.id from assets named where named.words is not null and named.words @@ ${value}::tsquery and ($1::int is null or named.team_id = $1)
        union all
        select made.id from task_records r join assets made on made.task_id = r.id
          where r.words @@ ${value}::tsquery and ($1::int is null or r.team_id = $1))`,
      query.words,
    );
  }
  const rows = await sql.query<LibraryRow>(
    `select ${LIBRARY_COLUMNS} from (
       select o.* from assets o where ${where.join(' and ')} order by o.created_at desc, o.id desc limit ${String(limit + 1)}) as o
     order by o.created_at desc, o.id desc`,
    values,
  );
  return { data: rows.slice(0, limit).map(libraryAssetOf), hasMore: rows.length > limit };
}
