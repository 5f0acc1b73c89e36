import type { Logger } from '../domain/log';
import type { Catalogue, ProviderLimits } from '../domain/provider/catalogue';
import type { CallPlaces, ProviderLimitStore } from '../domain/provider/limits';

/**
 * The places of one process at providers with limits. They are leased from Postgres, so that all processes together stay within the limit:
 * a busy process leases some ahead of time, and a call takes one from memory. When there is none, one question to Postgres decides.
 */
export interface ProviderPlaces extends CallPlaces {
  /** Postgres said a moment ago that there is no room. */
  isFull(provider: string): boolean;
  close(): Promise<void>;
}

/** What a process that says nothing more leaves behind is free after this time. */
const LEASE_S = 12;
/** It stops beginning calls before that, by its own clock. */
const LEASE_MARGIN_MS = 2_000;
const RENEW_EVERY_MS = 1_000;
/** Starts that are leased ahead are for this long: they count in the minute until their end, used or not. */
const AHEAD_S = 1;
const AHEAD_MARGIN_MS = 100;
/** Share of a limit that one process keeps ahead while it is busy, and of the starts of a minute. Small limits leave nothing to keep. */
const AHEAD_OF_CONCURRENT = 8;
const AHEAD_OF_MINUTE = 240;
const MOST_AHEAD = 64;
/** Without a call for this long, what is kept ahead goes back. */
const IDLE_MS = 1_000;
/** How soon Postgres is asked again after it had no room. */
const ASK_AGAIN = { leastMs: 25, usualMs: 100, mostMs: 1_000 };

interface Waiter {
  readonly call: string;
  readonly resolve: (isIn: boolean) => void;
}

interface Gate {
  readonly provider: string;
  limits: ProviderLimits;
  /** Calls under way. */
  inUse: number;
  /** Calls that may begin: until when each. */
  spare: number[];
  leaseEndsMs: number;
  lastCallMs: number;
  /** Postgres has no room; when it is asked again. */
  fullUntilMs: number;
  /** What is kept has changed since Postgres was told. */
  isDirty: boolean;
  asking: Promise<void> | null;
  timer: NodeJS.Timeout | undefined;
  readonly urgent: Waiter[];
  readonly patient: Waiter[];
}

export interface ProviderPlacesDeps {
  readonly store: ProviderLimitStore;
  readonly catalogue: () => Catalogue;
  readonly instanceId: string;
  readonly logger: Logger;
}

export function createProviderPlaces(deps: ProviderPlacesDeps): ProviderPlaces {
  const gates = new Map<string, Gate>();
  /** The gate that each call went through. */
  const entered = new Map<string, Gate>();
  let isClosed = false;

  /** Null: the provider has no limits. */
  function gateOf(provider: string): Gate | null {
    const limits = deps.catalogue().providers.get(provider)?.limits;
    const known = gates.get(provider);
    if (limits === undefined) return null;
    if (known !== undefined) {
      known.limits = limits;
      return known;
    }
    const gate = openGate(provider, limits);
    gates.set(provider, gate);
    return gate;
  }

  function pass(gate: Gate, call: string): boolean {
    const now = performance.now();
    if (limitsPlaces(gate) && now >= gate.leaseEndsMs) return false;
    gate.spare = gate.spare.filter((until) => until > now);
    if (gate.spare.shift() === undefined) return false;
    gate.inUse += 1;
    gate.lastCallMs = now;
    entered.set(call, gate);
    if (gate.spare.length < aheadOf(gate.limits) / 2) ask(gate);
    return true;
  }

  /** Lets those in who wait, as far as there are places, and sees to more. */
  function serve(gate: Gate): void {
    for (;;) {
      const next = gate.urgent[0] ?? gate.patient[0];
      if (next === undefined || !pass(gate, next.call)) break;
      (gate.urgent[0] === next ? gate.urgent : gate.patient).shift();
      next.resolve(true);
    }
    if (gate.urgent.length + gate.patient.length > 0) ask(gate);
  }

  /** Asks Postgres, one question at a time and not again while it has no room. */
  function ask(gate: Gate): void {
    if (gate.asking !== null || isClosed) return;
    const pauseMs = gate.isDirty ? 0 : gate.fullUntilMs - performance.now();
    clearTimeout(gate.timer);
    if (pauseMs > 0) {
      gate.timer = setTimeout(() => ask(gate), pauseMs);
      gate.timer.unref();
      return;
    }
    gate.asking = lease(gate).finally(() => {
      gate.asking = null;
      serve(gate);
      // Whoever it was for has gone.
      if (limitsPlaces(gate) && gate.spare.length > aheadOf(gate.limits)) {
        gate.spare.length = aheadOf(gate.limits);
        gate.isDirty = true;
      }
      if (gate.isDirty) ask(gate);
    });
  }

  async function lease(gate: Gate): Promise<void> {
    const { provider, limits } = gate;
    const sentMs = performance.now();
    const waiting = gate.urgent.length + gate.patient.length;
    const isBusy = sentMs - gate.lastCallMs < IDLE_MS;
    gate.spare = gate.spare.filter((until) => until > sentMs);
    if (!isBusy) gate.spare = [];
    const ahead = isBusy || waiting > 0 ? aheadOf(limits) : 0;
    const wanted = Math.max(0, waiting + ahead - gate.spare.length);
    gate.isDirty = false;
    try {
      const held = gate.inUse + gate.spare.length;
      const answer = await deps.store.leaseCalls(deps.instanceId, { provider, limits, held, wanted, leaseS: LEASE_S, aheadS: AHEAD_S });
      gate.leaseEndsMs = sentMs + LEASE_S * 1_000 - LEASE_MARGIN_MS;
      const until = limits.requestsPerMinute === undefined ? Number.POSITIVE_INFINITY : sentMs + AHEAD_S * 1_000 - AHEAD_MARGIN_MS;
      for (let given = 0; given < answer.granted; given += 1) gate.spare.push(until);
      if (answer.granted > 0) gate.fullUntilMs = 0;
      else if (wanted > 0) gate.fullUntilMs = performance.now() + pauseOf(answer.againMs);
    } catch (error) {
      gate.fullUntilMs = performance.now() + ASK_AGAIN.mostMs;
      deps.logger.warn({ err: error, provider }, 'places at a provider could not be leased');
    }
  }

  async function giveBack(gate: Gate): Promise<void> {
    gate.lastCallMs = Number.NEGATIVE_INFINITY;
    await lease(gate);
  }

  function leave(call: string): void {
    const gate = entered.get(call);
    if (gate === undefined) return;
    entered.delete(call);
    gate.inUse -= 1;
    if (!limitsPlaces(gate)) return;
    // Where starts are counted too, the place alone is no right to begin another call.
    const isUseful = gate.urgent.length + gate.patient.length > 0 || gate.spare.length < aheadOf(gate.limits);
    if (gate.limits.requestsPerMinute === undefined && isUseful) gate.spare.push(Number.POSITIVE_INFINITY);
    else gate.isDirty = true;
    serve(gate);
    if (gate.isDirty) ask(gate);
  }

  const timer = setInterval(() => {
    const now = performance.now();
    for (const gate of gates.values()) {
      const isKept = limitsPlaces(gate) && gate.inUse + gate.spare.length > 0;
      if (!isKept) continue;
      gate.isDirty ||= gate.inUse > 0 || now - gate.lastCallMs >= IDLE_MS;
      if (gate.isDirty) ask(gate);
    }
  }, RENEW_EVERY_MS);
  timer.unref();

  return {
    enter(provider, call) {
      if (entered.has(call)) return true;
      const gate = gateOf(provider);
      return gate === null || (gate.urgent.length === 0 && pass(gate, call));
    },
    async waitToEnter(provider, call, withinMs, isUrgent) {
      if (this.enter(provider, call)) return true;
      const gate = gateOf(provider);
      if (gate === null) return true;
      return new Promise<boolean>((resolve) => {
        const waiters = isUrgent ? gate.urgent : gate.patient;
        const late = setTimeout(() => {
          waiters.splice(waiters.indexOf(waiter), 1);
          resolve(false);
        }, withinMs);
        const waiter: Waiter = {
          call,
          resolve: (isIn) => {
            clearTimeout(late);
            resolve(isIn);
          },
        };
        waiters.push(waiter);
        serve(gate);
      });
    },
    leave,
    isFull: (provider) => {
      const gate = gateOf(provider);
      return gate !== null && gate.spare.length === 0 && performance.now() < gate.fullUntilMs;
    },
    async close() {
      isClosed = true;
      clearInterval(timer);
      for (const gate of gates.values()) clearTimeout(gate.timer);
      await Promise.all([...gates.values()].map((gate) => gate.asking ?? Promise.resolve()));
      await Promise.all([...gates.values()].filter(limitsPlaces).map(giveBack));
    },
  };
}

function limitsPlaces({ limits }: Gate): boolean {
  return limits.concurrent !== undefined;
}

function openGate(provider: string, limits: ProviderLimits): Gate {
  return {
    provider,
    limits,
    inUse: 0,
    spare: [],
    leaseEndsMs: Number.NEGATIVE_INFINITY,
    lastCallMs: Number.NEGATIVE_INFINITY,
    fullUntilMs: 0,
    isDirty: false,
    asking: null,
    timer: undefined,
    urgent: [],
    patient: [],
  };
}

/** How many calls a busy process has the right to beyond those that wait. */
function aheadOf({ concurrent, requestsPerMinute }: ProviderLimits): number {
  const share = (limit: number | undefined, part: number): number => (limit === undefined ? MOST_AHEAD : Math.floor(limit / part));
  return Math.min(MOST_AHEAD, share(concurrent, AHEAD_OF_CONCURRENT), share(requestsPerMinute, AHEAD_OF_MINUTE));
}

function pauseOf(againMs: number | null): number {
  return Math.min(ASK_AGAIN.mostMs, Math.max(ASK_AGAIN.leastMs, againMs ?? ASK_AGAIN.usualMs));
}
