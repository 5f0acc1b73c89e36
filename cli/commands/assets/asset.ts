import { usageFailure } from '../../failure';
import { table } from '../../table';
import type { StoredFile } from '../../tasks/task-object';

/** A file of the library as the API gives it; only what the CLI reads. */
export interface AssetObject extends StoredFile {
  readonly id: string;
  readonly kind: string;
  readonly name: string | null;
  readonly tags: readonly string[];
  readonly favourite: boolean;
  readonly task_id: string | null;
  readonly created_at: string;
}

/** @throws CliFailure `usage` for no id */
export function assetPath(id: string | undefined, rest = ''): string {
  if (id === undefined || id === '') throw usageFailure('Name a file by its id.', 'For example: atelier assets show asset_0190…');
  return `/v1/assets/${encodeURIComponent(id)}${rest}`;
}

export function assetTable(assets: readonly AssetObject[]): string {
  return table(
    ['ID', 'KIND', 'SIZE', 'BYTES', 'NAME', 'TAGS', 'CREATED'],
    assets.map((asset) => [
      asset.id,
      `${asset.favourite ? '★ ' : ''}${asset.kind}`,
      sizeText(asset),
      String(asset.bytes),
      asset.name ?? '',
      asset.tags.join(', '),
      asset.created_at.slice(0, 19).replace('T', ' '),
    ]),
  );
}

export function sizeText({ width, height, duration_s: durationS }: AssetObject): string {
  const size = width === null || height === null ? '' : `${String(width)}x${String(height)}`;
  return [size, durationS === null ? '' : `${String(durationS)} s`].filter((part) => part !== '').join(' ');
}
