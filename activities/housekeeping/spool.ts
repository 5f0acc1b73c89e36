import { DAY_MS, taskOf, tasksOf, type HousekeepingDeps } from './deps';

/** A run that stores its result moves its own bytes within minutes. */
const PATIENCE_MS = 10 * 60_000;
const PAGE = 100;

/** Empties the spool of bytes that have come to the object store meanwhile, or that nobody needs any more. */
export function createSpoolSweep(deps: HousekeepingDeps): () => Promise<number> {
  let place = '';

  return async () => {
    const now = deps.now();
    const page = await deps.store.spooled(new Date(now.getTime() - PATIENCE_MS), { after: place, limit: PAGE });
    place = page.length < PAGE ? '' : (page.at(-1)?.key ?? '');
    const moved: string[] = [];
    const waiting: string[] = [];
    for (const { key, since } of page) {
      if (await deps.objects.exists(key)) moved.push(key);
      else if (since.getTime() < now.getTime() - DAY_MS) waiting.push(key);
    }
    const needed = await deps.store.tasksInNeed(tasksOf(waiting), now);
    const unneeded = waiting.filter((key) => !needed.has(taskOf(key) ?? ''));
    // Forgotten before they are removed: a replay must never be promised what is not there.
    await deps.store.forgetDelivered(tasksOf(unneeded));
    for (const key of [...moved, ...unneeded]) await deps.store.unspool(key);
    return moved.length + unneeded.length;
  };
}
