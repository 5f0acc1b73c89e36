import { assetOf, DAY_MS, taskOf, tasksOf, type HousekeepingDeps } from './deps';

/** A run that stores its result moves its own bytes within minutes. */
const PATIENCE_MS = 10 * 60_000;
const PAGE = 100;

/**
 * Empties the spool: bytes of assets go to the object store, as it is back; others were brought there meanwhile by their run, or nobody
 * needs them any more.
 */
export function createSpoolSweep(deps: HousekeepingDeps): () => Promise<number> {
  let place = '';

  return async () => {
    const now = deps.now();
    const page = await deps.store.spooled(new Date(now.getTime() - PATIENCE_MS), { after: place, limit: PAGE });
    place = page.length < PAGE ? '' : (page.at(-1)?.key ?? '');
    const assets = await deps.store.assetsKept(page.flatMap(({ key }) => assetOf(key) ?? []));
    const moved: string[] = [];
    const waiting: string[] = [];
    for (const { key, since } of page) {
      const assetId = assetOf(key);
      if (await deps.objects.exists(key)) moved.push(key);
      else if (assetId !== null) {
        const contentType = assets.get(assetId);
        if (contentType !== undefined) await deps.objects.put(key, await deps.spool.get(key), typeAt(key, contentType));
        moved.push(key);
      } else if (since.getTime() < now.getTime() - DAY_MS) waiting.push(key);
    }
    const needed = await deps.store.tasksInNeed(tasksOf(waiting), now);
    const unneeded = waiting.filter((key) => !needed.has(taskOf(key) ?? ''));
    // Forgotten before they are removed: a replay must never be promised what is not there.
    await deps.store.forgetDelivered(tasksOf(unneeded));
    for (const key of [...moved, ...unneeded]) await deps.store.unspool(key);
    return moved.length + unneeded.length;
  };
}

function typeAt(key: string, contentType: string): string {
  return key.includes('/thumbnails/') ? 'image/webp' : contentType;
}
