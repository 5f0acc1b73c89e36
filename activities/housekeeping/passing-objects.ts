import { callOf, DAY_MS, deleteObjects, fileOf, taskOf, tasksOf, type HousekeepingDeps } from './deps';

/** Where files lie that are on their way to becoming something else, and contents, files and bodies, whose row may never have come to be. */
const PREFIXES = ['uploads/', 'partials/', 'staging/', 'contents/', 'files/', 'bodies/'] as const;
/** Pages of each prefix that one turn looks at; the next turn goes on behind them. */
const BOUNDS = { page: 500, pages: 10 };

/** Sweeps files that were left on their way. Keeps the place where the last turn ended, so that what must stay holds up nothing. */
export function createPassingObjectsSweep(deps: HousekeepingDeps, bounds = BOUNDS): (signal: AbortSignal) => Promise<number> {
  const places = new Map<string, string>();

  async function sweepPage(prefix: string): Promise<{ readonly removed: number; readonly isLast: boolean }> {
    const page = await deps.objects.list(prefix, { after: places.get(prefix) ?? '', limit: bounds.page });
    const before = deps.now().getTime() - DAY_MS;
    const old = page.filter((object) => object.modifiedAt.getTime() < before).map((object) => object.key);
    const removed = await removeUnneeded(deps, old);
    const isLast = page.length < bounds.page;
    places.set(prefix, isLast ? '' : (page.at(-1)?.key ?? ''));
    return { removed, isLast };
  }

  return async (signal) => {
    let total = 0;
    for (const prefix of PREFIXES) {
      for (let pages = 0; pages < bounds.pages && !signal.aborted; pages += 1) {
        const { removed, isLast } = await sweepPage(prefix);
        total += removed;
        if (isLast) break;
      }
    }
    return total;
  };
}

async function removeUnneeded(deps: HousekeepingDeps, keys: readonly string[]): Promise<number> {
  const contents = keys.filter((key) => key.startsWith('contents/'));
  const files = keys.filter((key) => key.startsWith('files/'));
  const bodies = keys.filter((key) => key.startsWith('bodies/'));
  const kept = ['contents/', 'files/', 'bodies/'];
  const passing = keys.filter((key) => !kept.some((prefix) => key.startsWith(prefix)));
  const needed = new Set([
    ...(await deps.store.tasksInNeed(tasksOf(passing), deps.now())),
    ...(await deps.store.tasksWithContents(tasksOf(contents))),
    ...(await deps.store.filesKept(files.flatMap((key) => fileOf(key) ?? []))),
    ...(await deps.store.bodiesKept(bodies.flatMap((key) => callOf(key) ?? []))),
  ]);
  const unneeded = keys.filter((key) => !needed.has(taskOf(key) ?? fileOf(key) ?? callOf(key) ?? ''));
  // Forgotten before they are removed: a replay must never be promised what is not there.
  await deps.store.forgetDelivered(tasksOf(unneeded.filter((key) => key.startsWith('staging/'))));
  await deleteObjects(deps.objects, unneeded);
  return unneeded.length;
}
