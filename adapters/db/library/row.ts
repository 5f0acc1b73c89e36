import type { LibraryAsset } from '../../../domain/asset/library';
import { ASSET_JSON, assetOf, type AssetJson } from '../tasks/row';

/** A row of the library, of a table alias `o`. */
export const LIBRARY_COLUMNS = `${ASSET_JSON} as asset, o.name, o.tags, o.favourite, o.purpose`;

export interface LibraryRow {
  readonly asset: AssetJson;
  readonly name: string | null;
  readonly tags: readonly string[];
  readonly favourite: boolean;
  readonly purpose: LibraryAsset['purpose'] | null;
}

export function libraryAssetOf({ asset, name, tags, favourite, purpose }: LibraryRow): LibraryAsset {
  return { ...assetOf(asset), name, tags, favourite, ...(purpose === null || purpose === undefined ? {} : { purpose }) };
}
