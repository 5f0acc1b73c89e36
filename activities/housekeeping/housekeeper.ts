import { formatUsd } from '../../domain/money/money';
import { HOUR_MS, inParts, type HousekeepingDeps } from './deps';
import { createPassingObjectsSweep } from './passing-objects';
import { applyRetention, removeGivenUp } from './retention';
import { createSpoolSweep } from './spool';

/** Parts of 20,000 old idempotency keys, and old events, that one turn forgets. */
const ROW_PARTS = 50;
/** They hold what was sent. */
const DELIVERY_PART = 2_000;

/** Quiet upkeep: forgets and removes what has outlived its use, a bounded part in each turn. */
export interface Housekeeper {
  /**
   * One turn. Repeating is harmless; several processes at once too. A part that fails is logged and does not hold up the others.
   * @param signal - ends the turn within seconds
   */
  turn(signal: AbortSignal): Promise<void>;
}

export function createHousekeeper(deps: HousekeepingDeps): Housekeeper {
  const makePartitions = async (): Promise<number> => {
    const made = await deps.store.makePartitions(deps.now());
    if (made > 0) deps.logger.info({ made }, 'created partitions ahead');
    return 0;
  };
  const watchBudgets = async (): Promise<number> => {
    for (const { limitMicroUsd, spentMicroUsd, ...warning } of await deps.store.watchBudgets()) {
      const amounts = { limit_usd: formatUsd(limitMicroUsd), spent_usd: formatUsd(spentMicroUsd) };
      deps.logger.warn({ ...warning, ...amounts }, 'a share of a budget is spent');
    }
    return 0;
  };
  const dropCalls = async (): Promise<number> => {
    const before = await deps.store.callsGoneBefore(deps.now(), deps.logDays);
    return before === null ? 0 : deps.calls.dropBefore(before);
  };
  // Retention goes before the sweep of objects, which then finds what it gave up.
  const parts: readonly (readonly [string, (signal: AbortSignal) => Promise<number>])[] = [
    ['partitions', makePartitions],
    ['budgets', watchBudgets],
    ['idempotency_keys', (signal) => inParts(ROW_PARTS, signal, deps.sweepIdempotencyKeys)],
    ['events', (signal) => inParts(ROW_PARTS, signal, () => deps.store.forgetEvents(deps.now()))],
    ['call_partitions', dropCalls],
    ['deliveries', (signal) => inParts(ROW_PARTS, signal, () => deps.store.expireDeliveries(deps.now(), DELIVERY_PART))],
    ['sign_ins', (signal) => inParts(ROW_PARTS, signal, () => deps.store.forgetSignIns(deps.now()))],
    ['instances', () => deps.store.removeSilentInstances(new Date(deps.now().getTime() - HOUR_MS))],
    ['expired_contents', (signal) => applyRetention(deps, signal)],
    ['expired_objects', (signal) => removeGivenUp(deps, signal)],
    ['spool', createSpoolSweep(deps)],
    ['passing_objects', createPassingObjectsSweep(deps)],
  ];

  return {
    async turn(signal) {
      const removed: Record<string, number> = {};
      for (const [name, work] of parts) {
        if (signal.aborted) break;
        try {
          const count = await work(signal);
          if (count > 0) removed[name] = count;
        } catch (error) {
          deps.logger.warn({ err: error, part: name }, 'part of the housekeeping failed; the next pass continues');
        }
      }
      if (Object.keys(removed).length > 0) deps.logger.info({ removed }, 'removed expired data');
    },
  };
}
