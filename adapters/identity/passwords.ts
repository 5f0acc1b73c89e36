import { randomBytes } from 'node:crypto';
import type { Algorithm } from '@node-rs/argon2';
import type { PasswordHasher } from '../../domain/access/password';
import { AppError } from '../../domain/errors';
import { createLimit } from '../../lib/parallel';

/** argon2id as OWASP asks for it: 19 MiB, two passes, one lane; some 30 ms of one core. */
const COST = { algorithm: 2 satisfies Algorithm.Argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
/** Passwords that are worked on at once: no more than 40 MiB, and two of the four threads that file and name look-ups share. */
const AT_ONCE = 2;
/** Beyond so many that wait (some two seconds) the next is refused. */
const MOST_WAITING = 100;

/** argon2id, at most two at once in this process. */
export function createPasswordHasher(): PasswordHasher {
  const limit = createLimit(AT_ONCE);
  let waiting = 0;
  /** What is compared with where there is no password: as slow as a real one. Made before the first is compared, whosever that is. */
  let nobodys: Promise<string> | undefined;

  async function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    if (waiting >= MOST_WAITING) {
      throw new AppError('rate_limit_exceeded', 'Too many people are signing in at once. Try again in a few seconds.', {
        retryAfterMs: 3_000,
      });
    }
    waiting += 1;
    try {
      return await limit(work);
    } finally {
      waiting -= 1;
    }
  }

  return {
    hash: (password) => inTurn(async () => (await argon2()).hash(normal(password), COST)),
    verify: (stored, password) =>
      inTurn(async () => {
        const { hash, verify } = await argon2();
        nobodys ??= hash(randomBytes(32), COST);
        const none = await nobodys.catch((error: unknown) => {
          nobodys = undefined;
          throw error;
        });
        const isRight = await verify(stored ?? none, normal(password));
        return isRight && stored !== null;
      }),
  };
}

/** Loaded when somebody signs in: a process that nobody signs in to needs neither the library nor the memory of a hash. */
function argon2() {
  return import('@node-rs/argon2');
}

/** An é is one letter on one keyboard and two on another. */
function normal(password: string): string {
  return password.normalize('NFKC');
}
