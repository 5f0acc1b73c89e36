import { setTimeout as pause } from 'node:timers/promises';
import type { Request } from 'express';
import { LOCK_OUT } from '../../domain/access/session';
import { AppError } from '../../domain/errors';
import { createLimit, type Limit } from '../../lib/parallel';
import type { ApiContext } from '../deps';
import { clientAddress, networkOf } from '../http/client-address';
import { hashOf } from '../http/token';

/** An address with so many failures in a quarter of an hour is slow: its sign-ins come one after the other, so far apart. */
const SLOW_FROM = 50;
const SLOW_EVERY_MS = 1_000;
/** Sign-ins of this process that are under way at once; what is more comes again. */
const MOST_UNDER_WAY = 300;

type Deps = Pick<ApiContext, 'closing' | 'passwordHasher' | 'passwordStore'>;

/** Checks an e-mail and its password. */
export type PasswordCheck = (request: Request, email: string, password: string) => Promise<number>;

/**
 * The check that every guess goes through: the lock-out counts it before the password is looked at, and whoever does not exist takes as
 * long as whoever does.
 * @returns a function that answers the id of the user. @throws AppError `invalid_credentials`, `sign_in_locked`, `rate_limit_exceeded`
 */
export function createPasswordCheck({ passwordStore, passwordHasher, closing }: Deps): PasswordCheck {
  /** One at a time by account: several sign-ins with the right password do not use up each other's turns. */
  const accounts = createTurns();
  const slowNetworks = createTurns();
  let underWay = 0;

  async function check(account: string, network: string, email: string, password: string): Promise<number> {
    const turn = await passwordStore.takeTurn(account, network);
    if (turn.kind === 'locked') throw locked(turn.until);
    if (turn.addressFailures >= SLOW_FROM) {
      await slowNetworks(network, () => pause(SLOW_EVERY_MS, undefined, { signal: closing, ref: false }).catch(() => undefined));
    }
    const facts = await passwordStore.facts(email);
    const known = facts === null || facts.isDisabled ? null : facts;
    const isRight = await passwordHasher.verify(known?.passwordHash ?? null, password);
    if (known === null || !isRight) {
      await passwordStore.failed(account, network);
      throw new AppError('invalid_credentials', 'The e-mail or the password is wrong.');
    }
    await passwordStore.succeeded(account);
    return known.userId;
  }

  return async (request, given, password) => {
    if (underWay >= MOST_UNDER_WAY) {
      throw new AppError('rate_limit_exceeded', 'Too many people are signing in at once. Try again in a few seconds.', {
        retryAfterMs: 3_000,
      });
    }
    const email = given.trim().toLowerCase();
    const account = hashOf(email);
    underWay += 1;
    try {
      return await accounts(account, () => check(account, networkOf(clientAddress(request)), email, password));
    } finally {
      underWay -= 1;
    }
  };
}

/** One at a time by name. */
function createTurns(): <T>(name: string, work: () => Promise<T>) => Promise<T> {
  const turns = new Map<string, { readonly limit: Limit; users: number }>();
  return async (name, work) => {
    const turn = turns.get(name) ?? { limit: createLimit(1), users: 0 };
    turns.set(name, turn);
    turn.users += 1;
    try {
      return await turn.limit(work);
    } finally {
      turn.users -= 1;
      if (turn.users === 0) turns.delete(name);
    }
  };
}

function locked(until: Date): AppError {
  const minutes = String(LOCK_OUT.withinMs / 60_000);
  return new AppError(
    'sign_in_locked',
    `There were ${String(LOCK_OUT.failures)} failed sign-ins of this account within ${minutes} minutes. It is locked until ${until.toISOString()}.`,
    { retryAfterMs: Math.max(1_000, until.getTime() - Date.now()), details: { locked_until: until.toISOString() } },
  );
}
