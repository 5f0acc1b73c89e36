import { MOST_RELATIONS, MOST_STEPS, type Lineage, type Relation } from '../../../domain/asset/library';
import type { Asset } from '../../../domain/task/task';
import type { SqlPool } from '../connection/pool';
import { LIBRARY_COLUMNS, libraryAssetOf, type LibraryRow } from './row';

interface RelationRow extends LibraryRow {
  readonly of: string;
  readonly task_id: string;
}

/** What the files $1 of the team $2 were made of: the inputs that their tasks name, and those that they fetched from links, which have their numbers. */
const PARENTS = `
  select distinct on (o.id) ${LIBRARY_COLUMNS}, made.id as of, made.task_id
  from assets made join tasks t on t.id = made.task_id
  cross join lateral (
    select named.id collate "C" as id from unnest(input_assets(t.input)) as named(id)
    union select fetched.id from assets fetched
      where fetched.id >= 'asset_' || substr(t.id, 6) || '_' and fetched.id < 'asset_' || substr(t.id, 6) || '\`' and fetched.task_id is null
  ) as input join assets o on o.id = input.id and o.team_id = $2 and o.deleted_at is null
  where made.id = any($1::text[]) and made.task_id is not null order by o.id, made.id limit $3`;

/** What was made of the files $1 of the team $2. */
const CHILDREN = `
  select distinct on (o.id) ${LIBRARY_COLUMNS}, named.id as of, t.id as task_id
  from tasks t join assets o on o.task_id = t.id and o.deleted_at is null
  cross join lateral (select id from unnest(input_assets(t.input)) as id where id = any($1::text[]) order by id limit 1) as named
  where t.team_id = $2 and t.type <> 'text' and input_assets(t.input) is not null and input_assets(t.input) && $1::text[]
  order by o.id limit $3`;

/** The kin of a file, step by step: what it was made of, and what was made of it. */
export async function readLineage(sql: SqlPool, asset: Asset): Promise<Lineage> {
  async function follow(statement: string): Promise<{ readonly relations: readonly Relation[]; readonly isComplete: boolean }> {
    const relations: Relation[] = [];
    const seen = new Set([asset.id]);
    let step: readonly string[] = [asset.id];
    for (let depth = 1; step.length > 0; depth += 1) {
      if (depth > MOST_STEPS) return { relations, isComplete: false };
      const rows = await sql.query<RelationRow>(statement, [step, asset.teamId, MOST_RELATIONS + 1]);
      const fresh = rows.filter((row) => !seen.has(row.asset.id));
      for (const row of fresh) {
        if (relations.length === MOST_RELATIONS) return { relations, isComplete: false };
        seen.add(row.asset.id);
        relations.push({ asset: libraryAssetOf(row), of: row.of, depth, taskId: row.task_id });
      }
      step = fresh.map((row) => row.asset.id);
    }
    return { relations, isComplete: true };
  }

  const [parents, children] = [await follow(PARENTS), await follow(CHILDREN)];
  return { parents: parents.relations, children: children.relations, isComplete: parents.isComplete && children.isComplete };
}
