import type { Catalogue, Provider } from '../../domain/provider/catalogue';
import { AppError } from '../../domain/errors';
import { isMediaInput, type MediaInput } from '../../domain/task/generation';
import type { Logger } from '../../domain/log';
import type { CallbackAddress } from '../../domain/provider/callback-address';
import type { CallObserver } from '../../domain/provider/health';
import type { RouteState } from '../../domain/provider/plan';
import type { PlannedRoute } from '../../domain/provider/routing';
import type { PartialStore } from '../../domain/task/partials';
import type { MediaProvider, ProviderRegistry } from '../../domain/provider/provider';
import type { AssetWriter, Egress, ObjectStore } from '../../domain/storage';
import type { AssetStore, SpoolStore } from '../../domain/storage';
import type { InstanceStore } from '../../domain/upkeep';
import type { TaskStore } from '../../domain/task/store';
import type { Attempt, Task } from '../../domain/task/task';
import type { HeldBytes } from '../../lib/held-bytes';

/** What the media activities use, all of it through ports. */
export interface MediaDeps {
  readonly tasks: TaskStore;
  readonly instances: InstanceStore;
  readonly assets: AssetStore;
  readonly spool: SpoolStore;
  readonly objects: ObjectStore;
  readonly assetWriter: AssetWriter;
  readonly partials: PartialStore;
  readonly egress: Egress;
  readonly catalogue: () => Catalogue;
  readonly latestCatalogue: () => Promise<Catalogue>;
  readonly providers: ProviderRegistry;
  readonly instanceId: string;
  readonly logger: Logger;
  readonly now: () => Date;
  readonly state: RouteState & CallObserver;
  readonly random: () => number;
  /** What files of purchases make this process hold. What finds no room is tried again later. */
  readonly held: HeldBytes;
  /** Where a provider may tell that the job of an attempt has moved; null: nobody can be reached from outside. */
  readonly callbackUrl: (address: CallbackAddress) => string | null;
}

/** A task with its media input. */
export interface MediaTask extends Task {
  readonly input: MediaInput;
}

export function isMediaTask(task: Task): task is MediaTask {
  return isMediaInput(task.input);
}

/** @throws AppError `not_found` when there is no such media task */
export async function loadMediaTask(deps: Pick<MediaDeps, 'tasks'>, taskId: string): Promise<MediaTask> {
  const task = await deps.tasks.get(taskId, null);
  if (task === null || !isMediaTask(task)) throw new AppError('not_found', `There is no image or video task ${taskId}.`);
  return task;
}

/** @throws AppError `not_found` */
export function attemptOf(task: Task, n: number): Attempt {
  const attempt = task.attempts.find((candidate) => candidate.n === n);
  if (attempt === undefined) throw new AppError('not_found', `Task ${task.id} has no attempt ${String(n)}.`);
  return attempt;
}

/** @throws AppError `provider_not_found` when the provider is not configured (any more) or makes no media */
export function mediaProvider(
  deps: Pick<MediaDeps, 'catalogue' | 'providers'>,
  { provider: name, key }: Pick<PlannedRoute, 'provider' | 'key'>,
): { provider: Provider; media: MediaProvider; drawsWatermark: boolean } {
  const provider = deps.catalogue().providers.get(name);
  const adapter = provider === undefined ? undefined : deps.providers(provider, key);
  if (provider === undefined || adapter?.media === undefined) {
    throw new AppError('provider_not_found', `The provider "${name}" is not configured for images and videos.`);
  }
  return { provider, media: adapter.media, drawsWatermark: adapter.drawsWatermark };
}

/** Decides a provider's signal for the time without one: activities end by their own timeouts. */
export function timeoutSignal(afterMs: number): AbortSignal {
  return AbortSignal.timeout(Math.max(1, Math.round(afterMs)));
}
