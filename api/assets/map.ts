import type { Request } from 'express';
import { extensionOf } from '../../domain/file-name';
import { signLinks } from '../../domain/task/asset-links';
import type { LibraryAsset } from '../../domain/asset/library';
import type { Asset } from '../../domain/task/task';
import type { Presenting } from '../deps';
import { baseUrlOf } from '../http/request-headers';

/** A file name for people: `asset_….png`. */
export function filenameOf(asset: Pick<Asset, 'id' | 'contentType'>): string {
  return `${asset.id}.${extensionOf(asset.contentType)}`;
}

/** An asset as shown to its owner, with links that work for an hour; without any once its retention has passed. */
export function assetObject(context: Presenting, request: Request, asset: Asset | LibraryAsset) {
  const link = signLinks(context.links, [asset], { baseUrl: baseUrlOf(context.settings, request), now: context.now() }).get(asset.id);
  // What another team shares is known to that team by its own names.
  const { name, tags, favourite } = 'tags' in asset ? asset : { name: null, tags: [], favourite: false };
  return {
    id: asset.id,
    object: 'asset',
    kind: asset.kind,
    name,
    tags,
    favourite,
    purpose: asset.purpose ?? null,
    task_id: asset.taskId,
    url: link?.url ?? null,
    expires_at: link?.expiresAt.toISOString() ?? null,
    content_type: asset.contentType,
    width: asset.width,
    height: asset.height,
    duration_s: asset.durationS,
    bytes: asset.bytes,
    sha256: asset.sha256,
    thumbnail_url: link?.thumbnailUrl ?? null,
    created_at: asset.createdAt.toISOString(),
    expired_contents_at: asset.contentsExpiredAt?.toISOString() ?? null,
  };
}
