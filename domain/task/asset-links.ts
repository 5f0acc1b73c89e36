import type { ObjectStore } from '../storage';
import type { Asset } from './task';

/** How long a link works that is given out, in seconds. */
export const LINK_LIFE_S = 3_600;

/** A link to a stored file, signed for a while. */
export interface SignedLink {
  readonly url: string;
  readonly thumbnailUrl: string | null;
  readonly expiresAt: Date;
}

/** Links to files, by asset id; signed now, they work for an hour. There is none to a file whose retention has passed. */
export async function signLinks(
  objects: Pick<ObjectStore, 'sign'>,
  assets: readonly Asset[],
  now: Date,
): Promise<ReadonlyMap<string, SignedLink>> {
  const expiresAt = new Date(now.getTime() + LINK_LIFE_S * 1_000);
  const kept = assets.filter(({ contentsExpiredAt }) => contentsExpiredAt === undefined);
  const signed = kept.map(async (asset): Promise<readonly [string, SignedLink]> => {
    const [url, thumbnailUrl] = await Promise.all([
      objects.sign(asset.key, LINK_LIFE_S),
      asset.thumbnailKey === null ? null : objects.sign(asset.thumbnailKey, LINK_LIFE_S),
    ]);
    return [asset.id, { url, thumbnailUrl, expiresAt }];
  });
  return new Map(await Promise.all(signed));
}
