/** What a page holds in memory, and whether that grew. */

/** A page's own figures move by so much from one look to the next, with nothing held for longer. */
const ROOM = { heapKb: 1_536, nodes: 400, listeners: 100 };

/** Looks at what a page holds: each look collects garbage first. @param {import('playwright-core').Page} page */
export async function lookerAt(page) {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  return async () => {
    // What a first collection lets go of (caches, weak references, what finalisers hold) is gone after the second.
    for (let time = 0; time < 2; time++) await session.send('HeapProfiler.collectGarbage');
    const { metrics } = await session.send('Performance.getMetrics');
    const of = (name) => metrics.find((metric) => metric.name === name)?.value ?? 0;
    return { heapKb: Math.round(of('JSHeapUsedSize') / 1024), nodes: of('Nodes'), listeners: of('JSEventListeners') };
  };
}

/** What grew more than figures do that only move. @returns words for each, none when all are flat */
export const growthOf = (before, after) =>
  Object.entries(ROOM)
    .filter(([name, room]) => after[name] - before[name] > room)
    .map(([name]) => `${name} from ${before[name]} to ${after[name]}`);
