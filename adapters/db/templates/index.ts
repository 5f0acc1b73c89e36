import knex, { type Knex } from 'knex';
import { AppError } from '../../../domain/errors';
import type { NewVersion, Template, TemplateFilter, TemplateScope, TemplateStore } from '../../../domain/template/template';
import type { Sql, SqlPool } from '../connection/pool';
import { isUniqueViolation } from '../connection/sqlstate';
import { storable, storableJson } from '../tasks/parameters';
import { TEMPLATE_COLUMNS, templateOf, VERSION_COLUMNS, versionOf, type TemplateRow, type VersionRow } from './row';

/** Builds statements only; they run on the process's pool. */
const builder = knex({ client: 'pg' });

const INSERT = `
  insert into templates (id, team_id, name, type, visibility, created_by, newest, tags) values ($1, $2, $3, $4, $5, $6, $7::json, $8)`;
const INSERT_VERSION = `
  insert into template_versions (template_id, version, key, sha256, bytes, created_by) values ($1, $2, $3, $4, $5, $6)`;
const INSERT_ASSETS = `
  insert into template_assets (asset_id, template_id, version) select id, $1, $2 from unnest($3::text[]) as id`;
const NEXT = `
  update templates set versions = versions + 1, updated_at = now(), newest = $3::json, tags = $4, visibility = coalesce($5, visibility)
  where id = $1 and versions = $2 - 1 returning id`;
const PUBLISH = `
  update templates set updated_at = case when published_version is distinct from $2 then now() else updated_at end, published_version = $2
  where id = $1 and archived_at is null and versions >= $2 returning id`;
const ARCHIVE = 'update templates set updated_at = now(), archived_at = now() where id = $1 and archived_at is null';
const RESTORE = 'update templates set updated_at = now(), archived_at = null where id = $1 and archived_at is not null';

const SHARED = `t.visibility = 'organisation' and t.published_version is not null and t.archived_at is null`;
const FIND = `
  select ${TEMPLATE_COLUMNS} from templates t join teams m on m.id = t.team_id
  where (t.id = $1 or t.name = $1) and ($2::int is null or t.team_id = $2 or (not $3 and ${SHARED}))
  order by t.team_id is not distinct from $2 desc, t.id limit 20`;
const VERSIONS = `select ${VERSION_COLUMNS} from template_versions where template_id = $1 order by version desc`;
const VERSION = `select ${VERSION_COLUMNS}, key from template_versions where template_id = $1 and version = $2`;

/** Templates and the index of their versions. */
export function createTemplateStore(pool: SqlPool): TemplateStore {
  return {
    async create(template, first) {
      const { id, teamId, name, type, visibility, createdBy } = template;
      const digest = [storableJson(first.digest), first.digest.tags.map(storable)];
      try {
        await pool.transaction(async (sql) => {
          await sql.query(INSERT, [id, teamId, name, type, visibility, storable(createdBy), ...digest]);
          await insertVersion(sql, id, 1, first);
        });
      } catch (error) {
        if (!isUniqueViolation(error)) throw error;
        throw new AppError(
          'conflict',
          `The team has a template named ${name} already. Make a new version of it, or choose another name.`,
          { param: 'name' },
          error,
        );
      }
    },
    addVersion: (id, expected, version, visibility) =>
      pool.transaction(async (sql) => {
        const { digest } = version;
        const next = await sql.query(NEXT, [id, expected, storableJson(digest), digest.tags.map(storable), visibility]);
        if (next.length === 0) return false;
        await insertVersion(sql, id, expected, version);
        return true;
      }),
    async find(idOrName, scope) {
      const rows = await pool.named<TemplateRow>('find_template', FIND, [storable(idOrName), scope.teamId, scope.own === true]);
      return nearest(rows.map(templateOf), scope);
    },
    async list(filter) {
      const { sql, bindings } = listStatement(filter).toSQL().toNative();
      const rows = await pool.query<TemplateRow>(sql, bindings);
      return { data: rows.slice(0, filter.limit).map(templateOf), hasMore: rows.length > filter.limit };
    },
    async versions(id) {
      return (await pool.query<VersionRow>(VERSIONS, [id])).map(versionOf);
    },
    async version(id, version) {
      const [row] = await pool.named<VersionRow & { key: string }>('template_version', VERSION, [id, version]);
      return row === undefined ? null : { ...versionOf(row), key: row.key };
    },
    async publish(id, version) {
      return (await pool.query(PUBLISH, [id, version])).length > 0;
    },
    async archive(id) {
      await pool.query(ARCHIVE, [id]);
    },
    async restore(id) {
      await pool.query(RESTORE, [id]);
    },
  };
}

async function insertVersion(
  sql: Sql,
  id: string,
  version: number,
  { key, sha256, bytes, createdBy, assetIds }: NewVersion,
): Promise<void> {
  await sql.query(INSERT_VERSION, [id, version, key, sha256, bytes, storable(createdBy)]);
  if (assetIds.length > 0) await sql.query(INSERT_ASSETS, [id, version, assetIds]);
}

/** What is the team's own hides what others share under the same name. */
function nearest(found: readonly Template[], { teamId }: TemplateScope): readonly Template[] {
  const own = found.filter((template) => template.teamId === teamId);
  return own.length > 0 ? own : found;
}

function listStatement({ teamId, type, tag, state, text, after, limit }: TemplateFilter): Knex.QueryBuilder {
  const query = builder('templates as t')
    .select(builder.raw(TEMPLATE_COLUMNS))
    .join('teams as m', 'm.id', 't.team_id')
    .orderBy('t.id', 'desc')
    .limit(limit + 1);
  if (teamId !== null) void query.whereRaw(`(t.team_id = ? or (${SHARED}))`, [teamId]);
  if (type !== undefined) void query.where('t.type', type);
  if (tag !== undefined) void query.whereRaw('?::text = any(t.tags)', [storable(tag)]);
  if (state === 'archived') void query.whereNotNull('t.archived_at');
  else if (state !== undefined) void query.whereNull('t.archived_at');
  if (state === 'published') void query.whereNotNull('t.published_version');
  if (state === 'draft') void query.whereNull('t.published_version');
  if (text !== undefined) {
    const part = storable(text);
    void query.whereRaw(
      `(strpos(t.name, lower(?)) > 0 or strpos(lower(t.newest ->> 'description'), lower(?)) > 0
        or exists (select from unnest(t.tags) as tag where strpos(lower(tag), lower(?)) > 0))`,
      [part, part, part],
    );
  }
  if (after !== undefined) void query.where('t.id', '<', after);
  return query;
}
