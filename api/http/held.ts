import type { RequestHandler, Response } from 'express';
import { teamOf } from '../../domain/access/principal';
import { AppError } from '../../domain/errors';
import { principalOf, type Holding, localsOf } from './context';

/** How much this process holds for its callers at once. */
export interface HeldLimits {
  /** For all teams together. */
  readonly processBytes: number;
  /** For one team; what is left of `processBytes` is there for others. */
  readonly teamBytes: number;
  /** How long a body that does not fit waits, unread, before it is refused. */
  readonly patienceMs: number;
}

/** Whatever the others hold, a team may hold this much: usual requests pass beside a flood of large ones. */
const RESERVE_BYTES = 1024 * 1024;
/** So small a request may also go beyond a bound, by the reserve. */
const SMALL_BYTES = 64 * 1024;
const RETRY_AFTER_MS = 1_000;
/** No team has this id. */
const STRANGERS = -1;

interface Waiter {
  readonly teamId: number | null;
  readonly bytes: number;
  /** What its request holds already. */
  readonly own: () => number;
  readonly grant: () => void;
}

/** Counts the bytes that requests and answers make this process hold: bodies from their first byte on, large contents that an answer loads. */
export interface HeldBytes {
  /** A count for one request of a team. */
  open(teamId: number | null): Holding;
  /** What is held now, in bytes. */
  total(): number;
}

export function createHeldBytes({ processBytes, teamBytes, patienceMs }: HeldLimits): HeldBytes {
  const teams = new Map<number | null, number>();
  let total = 0;
  let waiters: Waiter[] = [];

  // One request alone always fits, however small the limits are: bodies have bounds of their own.
  function fits(teamId: number | null, bytes: number, own: number): boolean {
    const held = teams.get(teamId) ?? 0;
    if (held + bytes <= RESERVE_BYTES) return true;
    const beyond = bytes <= SMALL_BYTES ? RESERVE_BYTES : 0;
    return (held === own || held + bytes <= teamBytes + beyond) && (total === own || total + bytes <= processBytes + beyond);
  }

  function add(teamId: number | null, bytes: number): void {
    const held = (teams.get(teamId) ?? 0) + bytes;
    total += bytes;
    if (held === 0) teams.delete(teamId);
    else teams.set(teamId, held);
  }

  function grantWaiters(): void {
    if (waiters.length === 0) return;
    const asked = waiters;
    waiters = [];
    for (const waiter of asked) {
      if (fits(waiter.teamId, waiter.bytes, waiter.own())) waiter.grant();
      else waiters.push(waiter);
    }
  }

  function open(teamId: number | null): Holding {
    let held = 0;
    let keepers = 1;
    let refuse: (() => void) | null = null;

    function take(bytes: number): void {
      held += bytes;
      add(teamId, bytes);
    }

    function wait(bytes: number): Promise<void> {
      return new Promise((resolve, reject) => {
        const waiter: Waiter = {
          teamId,
          bytes,
          own: () => held,
          grant() {
            clearTimeout(timer);
            refuse = null;
            take(bytes);
            resolve();
          },
        };
        refuse = () => {
          waiters = waiters.filter((other) => other !== waiter);
          refuse = null;
          reject(tooMuch());
        };
        const timer = setTimeout(refuse, patienceMs);
        waiters.push(waiter);
      });
    }

    function release(): void {
      keepers -= 1;
      if (keepers > 0) return;
      refuse?.();
      add(teamId, -held);
      held = 0;
      grantWaiters();
    }

    return {
      hold(bytes) {
        if (!fits(teamId, bytes, held)) throw tooMuch();
        take(bytes);
      },
      room(bytes) {
        if (!fits(teamId, bytes, held)) return wait(bytes);
        take(bytes);
        return null;
      },
      keep() {
        keepers += 1;
        let isKept = true;
        return () => {
          if (isKept) release();
          isKept = false;
        };
      },
      release,
    };
  }

  return { open, total: () => total };
}

/** Counts what requests hold that come before anybody is known, all of them together as one team. */
export function holdForStrangers(heldBytes: HeldBytes): RequestHandler {
  return (_request, response, next) => {
    const holding = heldBytes.open(STRANGERS);
    localsOf(response).holding = holding;
    response.once('close', () => {
      holding.release();
    });
    next();
  };
}

/** The count of the request that is answered; it ends with the answer. Only behind `authenticate`. */
export function heldBy(response: Response): Holding {
  const locals = localsOf(response);
  if (locals.holding !== undefined) return locals.holding;
  if (locals.heldBytes === undefined) throw new AppError('internal', 'The route does not authenticate.');
  const holding = locals.heldBytes.open(teamOf(principalOf(response)));
  locals.holding = holding;
  response.once('close', () => {
    holding.release();
  });
  return holding;
}

function tooMuch(): AppError {
  return new AppError(
    'rate_limit_exceeded',
    'Too many large requests of this team, or of all teams, are in progress at once. Nothing was started or charged. Send this one again later.',
    { retryAfterMs: RETRY_AFTER_MS },
  );
}
