import { deleteObjects, inParts, type HousekeepingDeps } from './deps';

const TASKS = 200;
const INPUTS = 200;
const ITEMS = 2_000;
const FILES = 200;
const BODIES = 2_000;
const RECORDS = 2_000;
const OBJECTS = 250;
/** With 200 tasks each: as many as ten million a day bring in the time between two turns. */
const PARTS = 100;
const OBJECT_PARTS = 40;

/** Removes what outlived its retention; first in the database, which readers see, then the objects, which nobody finds any more. */
export async function applyRetention(deps: HousekeepingDeps, signal: AbortSignal): Promise<number> {
  const now = deps.now();
  const tasks = await inParts(PARTS, signal, () => deps.store.expireTasks(now, TASKS));
  const items = await inParts(PARTS, signal, () => deps.store.expireCampaignItems(now, ITEMS));
  const inputs = await inParts(PARTS, signal, () => deps.store.expireInputs(now, INPUTS));
  const files = await inParts(PARTS, signal, () => deps.store.expireFiles(now, FILES));
  const bodies = await inParts(PARTS, signal, () => deps.store.expireBodies(now, BODIES));
  const callbacks = await inParts(PARTS, signal, () => deps.store.expireCallbacks(now, RECORDS));
  const incidents = await inParts(PARTS, signal, () => deps.store.expireIncidents(now, RECORDS));
  const histories = await inParts(PARTS, signal, () => deps.store.expireHistories(now, RECORDS));
  const calls = await inParts(PARTS, signal, () => deps.store.expireCalls(now, deps.logDays, RECORDS));
  const audit = await inParts(PARTS, signal, () => deps.store.pruneAudit(now, RECORDS));
  const traces = await inParts(PARTS, signal, () => deps.store.eraseTraces(RECORDS));
  return tasks + items + inputs + files + bodies + callbacks + incidents + histories + calls + audit + traces;
}

/** Removes objects that were given up, also by a process that died before it came to it. */
export function removeGivenUp(deps: HousekeepingDeps, signal: AbortSignal): Promise<number> {
  return inParts(OBJECT_PARTS, signal, async () => {
    const keys = await deps.store.givenUp(OBJECTS);
    if (keys.length === 0) return 0;
    await deleteObjects(deps.objects, keys);
    await deps.store.forgetGivenUp(keys);
    return keys.length;
  });
}
