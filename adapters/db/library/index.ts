import type { AssetLibrary, AssetDependent, LibraryAsset } from '../../../domain/asset/library';
import type { SqlPool } from '../connection/pool';
import { storable, storableOrNull } from '../tasks/parameters';
import { readLineage } from './lineage';
import { listAssets } from './list';
import { LIBRARY_COLUMNS, libraryAssetOf, type LibraryRow } from './row';

const GET = `select ${LIBRARY_COLUMNS} from assets o where o.id = $1 and o.deleted_at is null and ($2::int is null or o.team_id = $2)`;

type Deleted = { readonly outcome: 'deleted' | 'missing' } | { readonly outcome: 'needed'; readonly dependents: readonly AssetDependent[] };

/** The library of files in Postgres. */
export function createAssetLibrary(sql: SqlPool): AssetLibrary {
  async function get(id: string, teamId: number | null): Promise<LibraryAsset | null> {
    const [row] = await sql.query<LibraryRow>(GET, [id, teamId]);
    return row === undefined ? null : libraryAssetOf(row);
  }

  return {
    get,
    list: (filter) => listAssets(sql, filter),
    async change(id, teamId, { name, tags, favourite }) {
      const named = name === undefined ? null : (storableOrNull(name) ?? '');
      await sql.query('select name_asset($1, $2, $3, $4::text[], $5)', [id, teamId, named, tags?.map(storable) ?? null, favourite ?? null]);
      return get(id, teamId);
    },
    async remove(id, teamId, force) {
      const [row] = await sql.query<{ deleted: Deleted }>('select delete_asset($1, $2, $3) as deleted', [id, teamId, force]);
      const deleted = row?.deleted ?? { outcome: 'missing' };
      return deleted.outcome === 'needed' ? { kind: 'needed', dependents: deleted.dependents } : { kind: deleted.outcome };
    },
    lineage: (asset) => readLineage(sql, asset),
  };
}
