import { formatUsd } from '../domain/money/money';
import type { Logger } from '../domain/log';
import { keysOf, type Catalogue, type ProbeRule, type Provider } from '../domain/provider/catalogue';
import type { CallObserver, ProviderHealthStore, ProviderTester, TestStep } from '../domain/provider/health';
import type { CallPlaces } from '../domain/provider/limits';
import { testCost, testTarget, type ProbeStore, type TestTarget } from '../domain/provider/probe';

/** Providers with `probe`, called on their schedule by one process at a time. */
export interface Prober {
  /** Begins the probes whose turn it is; does not wait for them. */
  pass(): Promise<void>;
  /** Gives up those under way. */
  close(): Promise<void>;
}

/** A probe takes no place of a request: without one within this time it leaves out its turn. */
const PLACE_WITHIN_MS = 1_000;
/** The one call of a half-open breaker is the probe's for this long: a little longer than a test takes. */
const BREAKER_LEASE_S = 35;
/** How soon the turn of another process is asked for again: it may have ended. */
const ASK_AGAIN_MS = { least: 1_000, most: 15_000 };

export interface ProberDeps {
  readonly catalogue: () => Catalogue;
  readonly probes: ProbeStore;
  readonly health: Pick<ProviderHealthStore, 'claimProbe'>;
  readonly state: CallObserver & CallPlaces;
  readonly test: ProviderTester;
  readonly logger: Logger;
  readonly now: () => Date;
}

type Probed = Provider & { readonly probe: ProbeRule };

export function createProber(deps: ProberDeps): Prober {
  const askAt = new Map<string, { readonly at: number; readonly everyS: number }>();
  const underWay = new Map<string, Promise<void>>();
  const stopping = new AbortController();

  function isDue({ name, probe: { everyS } }: Probed, now: number): boolean {
    const asked = askAt.get(name);
    return !underWay.has(name) && (asked === undefined || asked.at <= now || asked.everyS > everyS);
  }

  async function probe(provider: Probed): Promise<void> {
    const target = testTarget(deps.catalogue(), provider, provider.probe.model ?? null);
    // The file is checked for it; what the administration changed since is not.
    if (target === undefined) return;
    const at = deps.now();
    const call = `probe:${provider.name}:${at.getTime().toString(36)}`;
    if (!(await deps.state.waitToEnter(provider.name, call, PLACE_WITHIN_MS, false))) {
      deps.logger.info({ provider: provider.name }, 'a probe was left out: requests use all that the limits of the provider leave');
      return;
    }
    try {
      if (target.model.modality === 'text') await claimBreakers(provider, target);
      const steps = await deps.test(provider, { model: target.route.model, modality: target.model.modality }, stopping.signal);
      if (stopping.signal.aborted) return;
      tellState(provider, target, steps, at);
      await keep(provider, target, steps, at);
    } finally {
      deps.state.leave(call);
    }
  }

  /** What is half-opened now is decided by the probe, not by a request. */
  async function claimBreakers(provider: Provider, { route }: TestTarget): Promise<void> {
    for (const { name: key } of keysOf(provider)) {
      await deps.health.claimProbe({ provider: provider.name, key, model: route.model }, BREAKER_LEASE_S);
    }
  }

  function tellState(provider: Provider, { model, route }: TestTarget, steps: readonly TestStep[], at: Date): void {
    const calls = steps.flatMap(({ call }) => (call === undefined ? [] : [call]));
    // Without a call the server could not be reached, with any key.
    const ends =
      calls.length > 0 ? calls : keysOf(provider).map(({ name: key }) => ({ key, beganAt: at, code: 'provider_unavailable' as const }));
    for (const { key, code, beganAt } of ends) {
      const place = { provider: provider.name, model: route.model, key };
      deps.state.ended({ route: place, code, beganAt, probe: model.modality === 'text' ? 'call' : 'look' });
    }
  }

  async function keep(provider: Provider, target: TestTarget, steps: readonly TestStep[], at: Date): Promise<void> {
    const failed = steps.filter(({ ok }) => !ok);
    const paid = steps.filter(({ call }) => call?.code === null);
    const result = {
      at,
      ok: failed.length === 0,
      message: (failed.length === 0 ? steps.slice(-1) : failed).map(({ message }) => message).join(' '),
      durationMs: steps.reduce((sum, { durationMs }) => sum + durationMs, 0),
      costMicroUsd: paid.reduce((sum, { call }) => sum + testCost(target, call?.usage ?? null), 0n),
    };
    await deps.probes.save(provider.name, result);
    const facts = {
      provider: provider.name,
      model: target.route.model,
      duration_ms: result.durationMs,
      cost_usd: formatUsd(result.costMicroUsd),
      found: result.message,
    };
    if (result.ok) deps.logger.info(facts, 'a probe of a provider was answered; the installation pays for it, no budget does');
    else deps.logger.warn(facts, 'a probe of a provider failed');
  }

  return {
    async pass() {
      const now = deps.now().getTime();
      const due = [...deps.catalogue().providers.values()].filter(isProbed).filter((provider) => isDue(provider, now));
      if (due.length === 0) return;
      const mine = await deps.probes.claimTurns(due.map(({ name, probe: { everyS } }) => ({ provider: name, everyS })));
      for (const provider of due) {
        const { name, probe: rule } = provider;
        const waitMs = rule.everyS * 1_000;
        const againMs = Math.min(ASK_AGAIN_MS.most, Math.max(ASK_AGAIN_MS.least, waitMs / 4));
        askAt.set(name, { at: now + (mine.has(name) ? waitMs : againMs), everyS: rule.everyS });
        if (!mine.has(name)) continue;
        const probing = probe(provider)
          .catch((error: unknown) => {
            deps.logger.warn({ err: error, provider: name }, 'a probe could not be made; the next one comes at its time');
          })
          .finally(() => underWay.delete(name));
        underWay.set(name, probing);
      }
    },
    async close() {
      stopping.abort();
      await Promise.all(underWay.values());
    },
  };
}

function isProbed(provider: Provider): provider is Probed {
  return provider.probe !== undefined && provider.disabled !== true;
}
