import type { Asset } from '../../domain/task';
import type { ApiContext } from '../deps';

const LINK_S = 3_600;
const EXTENSIONS: Readonly<Record<string, string>> = { 'image/jpeg': 'jpg', 'video/quicktime': 'mov' };

/** A file name for people: `asset_... .png`. */
export function filenameOf(asset: Asset): string {
  const extension = EXTENSIONS[asset.contentType] ?? asset.contentType.split('/')[1] ?? 'bin';
  return `${asset.id}.${extension}`;
}

/** An asset as shown to its owner, with links that work for an hour. */
export async function assetObject(context: Pick<ApiContext, 'objects' | 'now'>, asset: Asset): Promise<Readonly<Record<string, unknown>>> {
  const expiresAt = new Date(context.now().getTime() + LINK_S * 1_000).toISOString();
  return {
    id: asset.id,
    object: 'asset',
    kind: asset.kind,
    task_id: asset.taskId,
    url: await context.objects.sign(asset.key, LINK_S),
    expires_at: expiresAt,
    content_type: asset.contentType,
    width: asset.width,
    height: asset.height,
    duration_s: asset.durationS,
    bytes: asset.bytes,
    sha256: asset.sha256,
    thumbnail_url: asset.thumbnailKey === null ? null : await context.objects.sign(asset.thumbnailKey, LINK_S),
    created_at: asset.createdAt.toISOString(),
  };
}
