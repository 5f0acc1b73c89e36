import type { Logger } from '../../domain/log';
import type { ObjectStore, SpoolStore } from '../../domain/storage';
import type { CallStore } from '../../domain/records/call';
import type { HousekeepingStore } from '../../domain/upkeep';

/** What the housekeeping uses, all of it through ports. */
export interface HousekeepingDeps {
  readonly store: HousekeepingStore;
  readonly calls: Pick<CallStore, 'dropBefore'>;
  /** Calls stay in the log for so long where no rule of retention says otherwise. */
  readonly logDays: number;
  readonly objects: Pick<ObjectStore, 'list' | 'exists' | 'put' | 'delete'>;
  readonly spool: Pick<SpoolStore, 'get'>;
  /** Forgets a part of the old keys; answers how many, 0 when none is left. */
  readonly sweepIdempotencyKeys: () => Promise<number>;
  readonly logger: Logger;
  readonly now: () => Date;
}

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

/** Does a part of the work again until it finds nothing or is asked to stop, at most `parts` times; answers how much was done. */
export async function inParts(parts: number, signal: AbortSignal, work: () => Promise<number>): Promise<number> {
  let total = 0;
  for (let part = 0; part < parts && !signal.aborted; part += 1) {
    const done = await work();
    if (done === 0) break;
    total += done;
  }
  return total;
}

const AT_ONCE = 8;

/** Removes objects, a few at once; a missing one is as good. @throws the first failure, with the others tried */
export async function deleteObjects(objects: Pick<ObjectStore, 'delete'>, keys: readonly string[]): Promise<void> {
  const queue = [...keys];
  const failures: unknown[] = [];
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let key = queue.shift(); key !== undefined; key = queue.shift()) {
        await objects.delete(key).catch((error: unknown) => failures.push(error));
      }
    }),
  );
  if (failures.length > 0) throw failures[0];
}

/** The task that a staged file, a partial image or a stored content belongs to. Uploads have none: their requests are answered within minutes. */
export function taskOf(key: string): string | null {
  return /^(?:partials|staging|contents)\/(task_[0-9a-f]{32})\//.exec(key)?.[1] ?? null;
}

/** The asset whose file or thumbnail lies at a key. */
export function assetOf(key: string): string | null {
  return /^teams\/\d+\/(?:assets|thumbnails)\/([^/.]+)/.exec(key)?.[1] ?? null;
}

/** The file (`/v1/files`) whose content lies at a key. */
export function fileOf(key: string): string | null {
  return /^files\/([^/]+)\//.exec(key)?.[1] ?? null;
}

/** The call whose bodies lie at a key. */
export function callOf(key: string): string | null {
  return /^bodies\/(call_[0-9a-f]{32})$/.exec(key)?.[1] ?? null;
}

/** The tasks of several files, each once. */
export function tasksOf(keys: readonly string[]): readonly string[] {
  return [...new Set(keys.flatMap((key) => taskOf(key) ?? []))];
}
