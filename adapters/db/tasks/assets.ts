import type { AssetStore } from '../../../domain/storage';
import type { Asset } from '../../../domain/task/task';
import type { SqlPool } from '../connection/pool';
import { ASSET_JSON, assetOf } from './row';
import type { AssetJson } from './row';
import { storableJson } from './parameters';

const INSERT = `
  insert into assets (id, team_id, task_id, index, kind, key, thumbnail_key, content_type, width, height, duration_s, bytes, sha256, revised_prompt, created_at, purpose)
  select id, team_id, task_id, index, kind, key, thumbnail_key, content_type, width, height, duration_s, bytes, sha256, revised_prompt, created_at, purpose
  from json_to_recordset($1::json) as g(
    id text, team_id int, task_id text, index int, kind text, key text, thumbnail_key text, content_type text, width int, height int,
    duration_s float8, bytes bigint, sha256 text, revised_prompt text, created_at timestamptz, purpose text)
  order by id on conflict do nothing`;

/** $2 is the team; what a template that is shared with it names is as good as its own. */
const SEEN = `(o.team_id = $2 or exists (
  select from template_assets a join templates t on t.id = a.template_id
  where a.asset_id = o.id and t.visibility = 'organisation' and t.published_version is not null))`;

/** The columns of an asset. */
export function assetRow(asset: Asset) {
  return {
    id: asset.id,
    team_id: asset.teamId,
    task_id: asset.taskId,
    index: asset.index,
    kind: asset.kind,
    key: asset.key,
    thumbnail_key: asset.thumbnailKey,
    content_type: asset.contentType,
    width: asset.width,
    height: asset.height,
    duration_s: asset.durationS,
    bytes: asset.bytes,
    sha256: asset.sha256,
    revised_prompt: asset.revisedPrompt,
    created_at: asset.createdAt,
    purpose: asset.purpose ?? null,
  };
}

/** Stored files of teams; the bytes are in the object store. */
export function createAssetStore(sql: SqlPool): AssetStore {
  return {
    async insert(assets) {
      if (assets.length > 0) await sql.query(INSERT, [storableJson(assets.map(assetRow))]);
    },
    async get(id, teamId) {
      const rows = await sql.query<{ asset: AssetJson }>(
        `select ${ASSET_JSON} as asset from assets o where o.id = $1 and o.deleted_at is null and ($2::int is null or ${SEEN})`,
        [id, teamId],
      );
      return rows[0] === undefined ? null : assetOf(rows[0].asset);
    },
    async getMany(ids, teamId) {
      const rows = await sql.query<{ asset: AssetJson }>(
        `select ${ASSET_JSON} as asset from assets o where o.id = any($1::text[]) and o.deleted_at is null and ${SEEN}`,
        [ids, teamId],
      );
      return rows.map((row) => assetOf(row.asset));
    },
  };
}
