import { eventually } from './eventually';
import type { PartName, TestInstallation } from './installation';
import { pidOfPart, type ProductionParts } from './production';
import type { Role } from './role-process';
import { startAtelier } from './stack';

const BACK_MS = 60_000;

/**
 * The same on the servers of `npm run test:production`: killing a role kills all its processes at once, which are started again at
 * once; killing a part kills the one server that all test files share, so no other file may run at the same time.
 */
export async function startProductionInstallation(parts: ProductionParts, config: string): Promise<TestInstallation> {
  const atelier = await startAtelier({ config });
  const comingBack = new Map<PartName, Promise<void>>();
  const isRole = (part: PartName): part is Role => part === 'api' || part === 'worker';
  const pid = (part: PartName): number => (isRole(part) ? (atelier.pids(part)[0] ?? 0) : pidOfPart(parts, part));

  return {
    origin: atelier.origin,
    adminKey: atelier.adminKey,
    keys: atelier.keys,
    home: parts.run,
    temporalAddress: parts.temporalAddress,
    pid,
    pids: (part) => (isRole(part) ? atelier.pids(part) : [pid(part)]),
    kill(part) {
      const victim = pid(part);
      if (isRole(part)) {
        for (const one of atelier.pids(part)) process.kill(one, 'SIGKILL');
        comingBack.set(part, atelier.restart(part));
      } else process.kill(victim, 'SIGKILL');
      return victim;
    },
    async isBack(part, formerPid) {
      await comingBack.get(part);
      await eventually(async () => pid(part) !== formerPid && (await fetch(`${atelier.origin}/readyz`)).status === 200, {
        withinMs: BACK_MS,
        everyMs: 100,
      });
    },
    progress: () => '',
    log: (part) => (isRole(part) ? atelier.log(part).slice(-4_000) : ''),
    stop: () => atelier.stop(),
  };
}
