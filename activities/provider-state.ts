import type { ErrorCode } from '../domain/errors';
import type { ChangeFeed } from '../domain/events/changes';
import type { Logger } from '../domain/log';
import type { Measures } from '../domain/measures';
import { breakerKey, DEFAULT_BREAKER, type Catalogue, type Provider } from '../domain/provider/catalogue';
import {
  isProviderFault,
  latencyStep,
  LATENCY_STEPS,
  type Breaker,
  type BreakerPlace,
  type CallCounts,
  type CallObserver,
  type CallReport,
  type ProviderHealthStore,
} from '../domain/provider/health';
import type { RouteState } from '../domain/provider/plan';
import type { CallPlaces } from '../domain/provider/limits';
import { createProviderPlaces } from './provider-places';

/** The state of providers in one process: what all processes know, kept up to date by notification, and what this one has to add. */
export interface ProviderState extends RouteState, CallObserver, CallPlaces {
  /** Writes what was told. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

/** For what the feed missed: a connection that was broken. */
const LOOK_EVERY_MS = 3_000;
/** What ends close together is written together. */
const REPORT_AFTER_MS = 10;
const COUNTS_EVERY_MS = 5_000;
/** Calls are counted by spans of this length. */
const SPAN_MS = 30_000;
/** How long a process that may send the one call of a half-open breaker has for it. */
const PROBE_LEASE_S = 10;
/** After another process was quicker, a claim waits for this long: every request asks for it. */
const CLAIM_AGAIN_MS = 500;
/** A route that was asked for within this time is wanted: its breaker is half-opened as soon as it may be. */
const WANTED_MS = 300_000;
/** Weight of the newest latency in the usual one. */
const NEWEST = 0.2;

export interface ProviderStateDeps {
  readonly store: ProviderHealthStore;
  readonly changes: Pick<ChangeFeed, 'onBreaker'>;
  readonly catalogue: () => Catalogue;
  readonly instanceId: string;
  readonly logger: Logger;
  readonly measures?: Pick<Measures, 'providerCall'>;
}

/** Reads what is known before it resolves. */
export async function openProviderState(deps: ProviderStateDeps): Promise<ProviderState> {
  const { store, logger } = deps;
  let known = new Map<string, Breaker>();
  /** The half-open breakers whose one call this process may send, and until when. */
  const permits = new Map<string, number>();
  const wantedAt = new Map<string, number>();
  const claiming = new Set<string>();
  /** Claims that another process was quicker with, and until when they are not tried again. */
  const lostUntil = new Map<string, number>();
  const usual = new Map<string, number>();
  let reports: CallReport[] = [];
  let counts = new Map<string, { since: number; succeeded: number; failed: number; latencies: number[] }>();
  let isClosed = false;
  let reportTimer: NodeJS.Timeout | undefined;
  let probeTimer: NodeJS.Timeout | undefined;
  let looking: Promise<void> | null = null;
  let isStale = false;

  async function read(): Promise<void> {
    known = new Map((await store.breakers()).map((breaker) => [placeKey(breaker), breaker]));
    await claimDue();
  }

  /** A look that is under way may have read before the change: one more follows it. */
  function look(): Promise<void> {
    if (looking !== null) {
      isStale = true;
      return looking;
    }
    looking = read()
      .catch((error: unknown) => {
        logger.warn({ err: error }, 'the breakers could not be read; the last ones stay in use');
      })
      .finally(() => {
        looking = null;
        if (!isStale || isClosed) return;
        isStale = false;
        void look();
      });
    return looking;
  }

  /** Half-opens, for this process, the breakers whose time has come and whose routes are wanted here; comes back for the next one. */
  async function claimDue(): Promise<void> {
    clearTimeout(probeTimer);
    const now = Date.now();
    let nextMs = Number.POSITIVE_INFINITY;
    for (const [place, breaker] of known) {
      if (claiming.has(place) || now - (wantedAt.get(place) ?? 0) > WANTED_MS) continue;
      const inMs = Math.max(breaker.nextProbeAt.getTime(), lostUntil.get(place) ?? 0) - now;
      if (inMs > 0) nextMs = Math.min(nextMs, inMs);
      else await claim(place, breaker);
    }
    if (isClosed || nextMs === Number.POSITIVE_INFINITY) return;
    probeTimer = setTimeout(() => void claimDue().catch(warnOfClaim), nextMs + 5);
    probeTimer.unref();
  }

  async function claim(place: string, breaker: Breaker): Promise<void> {
    claiming.add(place);
    try {
      const until = await store.claimProbe(breaker, PROBE_LEASE_S);
      if (until === null) {
        // Its notification is on its way, or the clocks differ.
        lostUntil.set(place, Date.now() + CLAIM_AGAIN_MS);
        return;
      }
      lostUntil.delete(place);
      permits.set(place, until.getTime());
      known.set(place, { ...breaker, state: 'half_open', nextProbeAt: until });
    } finally {
      claiming.delete(place);
    }
  }

  function warnOfClaim(error: unknown): void {
    logger.warn({ err: error }, 'a breaker could not be half-opened yet');
  }

  function want(place: string, breaker: Breaker): void {
    const now = Date.now();
    const isNew = now - (wantedAt.get(place) ?? 0) > WANTED_MS;
    wantedAt.set(place, now);
    const dueAt = Math.max(breaker.nextProbeAt.getTime(), lostUntil.get(place) ?? 0);
    if (isNew || (dueAt <= now && !claiming.has(place))) void claimDue().catch(warnOfClaim);
  }

  async function sendReports(): Promise<void> {
    clearTimeout(reportTimer);
    reportTimer = undefined;
    const sent = reports;
    reports = [];
    if (sent.length === 0) return;
    try {
      await store.report(merged(sent));
      await look();
    } catch (error) {
      // A breaker is a help, not a record: what could not be written is let go.
      logger.warn({ err: error }, 'the ends of calls could not be reported');
    }
  }

  async function sendCounts(): Promise<void> {
    const sent = counts;
    if (sent.size === 0) return;
    counts = new Map();
    const list = [...sent].map(([key, { since, ...numbers }]): CallCounts => ({
      ...numbers,
      provider: providerOf(key),
      since: new Date(since),
    }));
    try {
      await store.addCounts(deps.instanceId, list);
    } catch (error) {
      logger.warn({ err: error }, 'the counts of calls could not be written');
    }
  }

  function count(provider: string, code: ErrorCode | null, latencyMs: number): void {
    const since = Math.floor(Date.now() / SPAN_MS) * SPAN_MS;
    const key = `${String(since)} ${provider}`;
    const entry = counts.get(key) ?? { since, succeeded: 0, failed: 0, latencies: LATENCY_STEPS.map(() => 0) };
    counts.set(key, entry);
    if (code === null) {
      entry.succeeded += 1;
      const step = latencyStep(latencyMs);
      entry.latencies[step] = (entry.latencies[step] ?? 0) + 1;
    } else if (isProviderFault(code) || code === 'rate_limited' || code === 'provider_not_found') entry.failed += 1;
  }

  const unsubscribe = deps.changes.onBreaker(() => void look());
  const lookTimer = setInterval(() => void look(), LOOK_EVERY_MS);
  const countTimer = setInterval(() => void sendCounts(), COUNTS_EVERY_MS);
  lookTimer.unref();
  countTimer.unref();
  await look();
  const places = createProviderPlaces(deps);

  return {
    enter: (provider, call) => places.enter(provider, call),
    waitToEnter: (provider, call, withinMs, isUrgent) => places.waitToEnter(provider, call, withinMs, isUrgent),
    leave: (call) => {
      places.leave(call);
    },
    openSince(provider, key, model) {
      if (known.size === 0) return null;
      const place = placeKey({ provider, key, model });
      const breaker = known.get(place);
      if (breaker === undefined || permits.get(place) === breaker.nextProbeAt.getTime()) return null;
      want(place, breaker);
      return breaker.openedAt.getTime();
    },
    take({ provider, key, model }) {
      permits.delete(placeKey({ provider, key: breakerKey(key), model }));
    },
    isFull: ({ name }) => places.isFull(name),
    latencyMs: (provider, model) => usual.get(`${provider} ${model}`) ?? null,
    ended({ route, code, beganAt, probe }) {
      if (probe === undefined) deps.measures?.providerCall(route.provider, code, Math.max(0, Date.now() - beganAt.getTime()));
      if (code === 'cancelled' || code === 'expired' || code === 'internal' || code === 'service_unavailable') return;
      const latencyMs = Math.max(0, Date.now() - beganAt.getTime());
      const { provider, model } = route;
      count(provider, code, latencyMs);
      const place = { provider, key: breakerKey(route.key), model };
      if (code === null) {
        const name = `${provider} ${model}`;
        const before = usual.get(name) ?? latencyMs;
        if (probe === undefined) usual.set(name, before + (latencyMs - before) * NEWEST);
        if (probe === 'look' || !known.has(placeKey(place))) return;
      } else if (!isProviderFault(code)) return;
      const rule = ruleOf(deps.catalogue().providers.get(provider));
      reports.push({ ...place, failures: code === null ? 0 : 1, error: code, beganAt, rule });
      reportTimer ??= setTimeout(() => void sendReports(), REPORT_AFTER_MS);
    },
    async flush() {
      await sendReports();
      await sendCounts();
    },
    async close() {
      isClosed = true;
      unsubscribe();
      for (const timer of [lookTimer, countTimer]) clearInterval(timer);
      clearTimeout(probeTimer);
      await Promise.all([sendReports(), sendCounts(), places.close()]);
    },
  };
}

function ruleOf(provider: Provider | undefined): CallReport['rule'] {
  return provider?.breaker ?? DEFAULT_BREAKER;
}

/** One report for each place and outcome, the failures added up. */
function merged(reports: readonly CallReport[]): readonly CallReport[] {
  const byPlace = new Map<string, CallReport>();
  for (const report of reports) {
    const place = `${placeKey(report)} ${String(report.failures > 0)}`;
    const before = byPlace.get(place);
    byPlace.set(place, before === undefined ? report : { ...report, failures: before.failures + report.failures });
  }
  return [...byPlace.values()];
}

function placeKey({ provider, key, model }: BreakerPlace): string {
  return JSON.stringify([provider, key, model]);
}

function providerOf(countKey: string): string {
  return countKey.slice(countKey.indexOf(' ') + 1);
}
