import { AppError, toAppError } from '../../../domain/errors';
import type { Egress, ObjectStore } from '../../../domain/storage';
import type { Asset } from '../../../domain/task/task';
import type { AssetStore } from '../../../domain/storage';
import type { ApiContext } from '../../deps';

const MOST_REMEMBERED = 10_000;
/** Plain characters of a URL after its host: for these, what holds for one URL of a host holds for all. */
const PLAIN_URL = /^https?:\/\/[^/?#@\\]+(?:[/?#][\x21-\x5b\x5d-\x7e]*)?$/i;
const LONGEST_PLAIN_URL = 4_096;

/** The parts that look at the images of items, for one campaign. */
export interface ItemMedia {
  /** To be used in place of the context's own. */
  readonly parts: Pick<ApiContext, 'assets' | 'egress'>;
  /** Makes the images that came as data known; until then nobody can name them. */
  keep(): Promise<void>;
  /** Removes those that are not known, best effort; known ones end with the team's retention. */
  discard(): Promise<void>;
}

/**
 * Thousands of items name the same hosts and assets: each is looked up once. Images that come as data are written but not known
 * before `keep`, since nothing may be stored of a campaign that is refused.
 */
export function createItemMedia(context: Pick<ApiContext, 'assets' | 'egress' | 'objects'>): ItemMedia {
  const written: Asset[] = [];
  const assets: AssetStore = {
    get: remembered((id: string, teamId: number | null) => context.assets.get(id, teamId)),
    getMany: (ids, teamId) => context.assets.getMany(ids, teamId),
    insert: async (inserted) => void written.push(...inserted),
  };
  return {
    parts: { assets, egress: rememberingEgress(context.egress) },
    async keep() {
      if (written.length > 0) await context.assets.insert(written);
      written.length = 0;
    },
    discard: () => removeFiles(context.objects, written),
  };
}

async function removeFiles(objects: ObjectStore, assets: readonly Asset[]): Promise<void> {
  const keys = assets.flatMap(({ key, thumbnailKey }) => (thumbnailKey === null ? [key] : [key, thumbnailKey]));
  await Promise.allSettled(keys.map((key) => objects.delete(key)));
}

/** Checks one URL of each host, whichever way that ends; odd ones are all checked. The run checks again when it fetches. */
function rememberingEgress(egress: Egress): Egress {
  const known = new Map<string, { readonly param: string; readonly refused: Promise<AppError | null> }>();
  return {
    fetch: (url, options) => egress.fetch(url, options),
    post: (url, options) => egress.post(url, options),
    async check(url, param) {
      const host = url.split(/[/?#]/, 3).join('/');
      if (url.length > LONGEST_PLAIN_URL || !PLAIN_URL.test(url)) {
        await egress.check(url, param);
        return;
      }
      const first = known.get(host) ?? { param, refused: egress.check(url, param).then(() => null, toAppError) };
      if (known.size < MOST_REMEMBERED) known.set(host, first);
      const refused = await first.refused;
      if (refused !== null) throw new AppError(refused.code, refused.message.replace(first.param, param), { ...refused.facts, param });
    },
  };
}

function remembered<Value>(read: (id: string, teamId: number | null) => Promise<Value>): typeof read {
  const known = new Map<string, Promise<Value>>();
  return (id, teamId) => {
    const before = known.get(id);
    if (before !== undefined) return before;
    const value = read(id, teamId);
    if (known.size < MOST_REMEMBERED) known.set(id, value);
    return value;
  };
}
