import { Gauge, type Registry } from 'prom-client';
import { formatUsd } from '../../domain/money/money';
import { dayOf, type OperationsStore, type WorkLoad } from '../../domain/operations/operations';
import type { BalanceStore } from '../../domain/provider/balance';
import type { ProviderHealthStore } from '../../domain/provider/health';
import type { HealthProbe, InstanceStore } from '../../domain/upkeep';
import { within } from '../../lib/time';

export interface InstallationDeps {
  readonly operations: OperationsStore;
  readonly health: Pick<ProviderHealthStore, 'breakers'>;
  readonly balances: Pick<BalanceStore, 'last'>;
  readonly instances: Pick<InstanceStore, 'count'>;
  readonly probes: readonly HealthProbe[];
  /** Names of those that are configured. */
  readonly providers: () => Iterable<string>;
  readonly now: () => Date;
}

/** What is always told, so that a graph of a quiet installation shows zeros instead of nothing. */
const KINDS: readonly Pick<WorkLoad, 'queue' | 'kind'>[] = [
  { queue: 'interactive', kind: 'text' },
  { queue: 'media', kind: 'image' },
  { queue: 'media', kind: 'video' },
  { queue: 'campaign', kind: 'campaign' },
  { queue: 'campaign', kind: 'batch' },
  { queue: 'batch', kind: 'batch' },
  { queue: 'callback', kind: 'callback' },
  { queue: 'callback', kind: 'webhook' },
];
const CAP_MS = 3_000;

/** Metrics of the installation as a whole. Every api tells the same: graphs take the largest. What a part that is away would know is left out. */
export function watchInstallation(
  { open, guarded }: { readonly open: Registry; readonly guarded: Registry },
  deps: InstallationDeps,
): void {
  const { operations } = deps;
  /** A scrape asks once, whatever asks of it. */
  let work: Promise<readonly WorkLoad[]> | null = null;
  const loads = (): Promise<readonly WorkLoad[]> => {
    work ??= operations.work().finally(() => (work = null));
    return work;
  };

  const gauge = (
    registry: Registry,
    name: string,
    help: string,
    labelNames: readonly string[],
    look: (gauge: Gauge) => Promise<void>,
  ): void => {
    new Gauge({
      name,
      help,
      labelNames: [...labelNames],
      registers: [registry],
      async collect() {
        this.reset();
        // Without labels a gauge that was reset says 0, which nobody has measured.
        if (labelNames.length === 0) this.set(Number.NaN);
        await within(CAP_MS, look(this)).catch(() => undefined);
      },
    });
  };
  const load = (name: string, help: string, valueOf: (loads: readonly WorkLoad[]) => number): void => {
    gauge(open, name, help, ['queue', 'kind'], async (one) => {
      const all = await loads();
      for (const { queue, kind } of KINDS)
        one.set({ queue, kind }, valueOf(all.filter((each) => each.queue === queue && each.kind === kind)));
    });
  };

  load('atelier_queue_waiting', 'What waits, of all classes of keys.', (all) => all.reduce((sum, { waiting }) => sum + waiting, 0));
  load('atelier_queue_running', 'What runs.', (all) => all.reduce((sum, { running }) => sum + running, 0));
  load('atelier_queue_oldest_age_seconds', 'Age of the oldest that waits; 0: nothing does.', (all) =>
    Math.max(0, ...all.map(({ oldestAgeS }) => oldestAgeS ?? 0)),
  );
  gauge(open, 'atelier_callbacks_pending', 'Events that are still to be delivered.', [], async (one) =>
    one.set((await operations.deliveries()).pending),
  );
  gauge(open, 'atelier_callbacks_failed', 'Events that were given up within a day.', [], async (one) =>
    one.set((await operations.deliveries()).failed),
  );
  gauge(open, 'atelier_incidents_open', 'Incidents that are not resolved.', [], async (one) => one.set(await operations.openIncidents()));
  gauge(open, 'atelier_instances', 'Processes that serve.', ['role'], async (one) => {
    for (const role of ['api', 'worker'] as const) one.set({ role }, await deps.instances.count(role));
  });
  gauge(open, 'atelier_part_up', '1: the part answers; 0: it does not.', ['part'], async (one) => {
    await Promise.all(
      deps.probes.map(async (probe) => {
        const { name } = probe;
        one.set({ part: name }, 0);
        await probe.check();
        one.set({ part: name }, 1);
      }),
    );
  });
  gauge(guarded, 'atelier_spend_today_usd', 'What was spent since midnight, UTC.', [], async (one) =>
    one.set(Number(formatUsd(await operations.spentSince(dayOf(deps.now()))))),
  );
  const balance = 'What is left of an account with a provider, by its key, as it told last; in its own currency.';
  gauge(guarded, 'atelier_provider_balance', balance, ['provider', 'key', 'currency'], async (one) => {
    for (const { provider, key, balances } of await deps.balances.last()) {
      for (const { amount, currency } of balances) one.set({ provider, key, currency }, Number(amount));
    }
  });
  gauge(guarded, 'atelier_breakers_open', 'Keys and models of a provider that calls are kept away from.', ['provider'], async (one) => {
    const open = await deps.health.breakers();
    for (const provider of deps.providers()) one.set({ provider }, open.filter((breaker) => breaker.provider === provider).length);
  });
}
