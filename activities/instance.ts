import type { Logger } from '../domain/log';
import type { InstanceStore } from '../domain/stores';

const BEAT_EVERY_MS = 2_000;

/** Says every 2 s that this process lives, so that no other declares its calls lost. `stop` signs off. */
export function startHeartbeat(
  deps: { instances: InstanceStore; logger: Logger },
  instanceId: string,
  role: 'api' | 'worker',
): { stop(): Promise<void> } {
  let isBeating = false;
  const beat = () => {
    if (isBeating) return;
    isBeating = true;
    deps.instances
      .heartbeat(instanceId, role)
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
        deps.logger.warn({ err: error }, 'the instance could not sign off; it will be found silent');
      }
    },
  };
}
