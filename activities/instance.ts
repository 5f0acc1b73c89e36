import type { Logger } from '../domain/log';
import type { InstanceStore } from '../domain/upkeep';
import type { Attempt } from '../domain/task/task';

const BEAT_EVERY_MS = 2_000;

/** Says every 2 s that this process lives, so that no other declares its calls lost. `stop` signs off. */
export function startHeartbeat(
  deps: { instances: InstanceStore; logger: Logger },
  instanceId: string,
  role: 'api' | 'worker',
  version: string,
): { stop(): Promise<void> } {
  let isBeating = false;
  const beat = () => {
    if (isBeating) return;
    isBeating = true;
    deps.instances
      .heartbeat(instanceId, role, version)
      .catch((error: unknown) => {
        deps.logger.warn({ err: error }, 'the heartbeat could not be written');
      })
      .finally(() => {
        isBeating = false;
      });
  };
  beat();
  const timer = setInterval(beat, BEAT_EVERY_MS);
  return {
    async stop() {
      clearInterval(timer);
      try {
        await deps.instances.remove(instanceId);
      } catch (error) {
        deps.logger.warn({ err: error }, 'the instance could not sign off; it will time out');
      }
    },
  };
}

/** Another process that still lives makes the call of this attempt: it is not lost. */
export async function isMadeElsewhere(
  deps: { readonly instances: InstanceStore; readonly instanceId: string },
  { instanceId }: Attempt,
): Promise<boolean> {
  return instanceId !== null && instanceId !== deps.instanceId && (await deps.instances.isAlive(instanceId));
}
