import { randomBytes } from 'node:crypto';
import { hash, verify, type Algorithm } from '@node-rs/argon2';
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
  /** What is compared with where there is no password: as slow as a real one. */
  const nobodys = hash(randomBytes(32), COST);
  nobodys.catch(() => undefined);

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
    hash: (password) => inTurn(() => hash(normal(password), COST)),
    verify: (stored, password) =>
      inTurn(async () => {
        const isRight = await verify(stored ?? (await nobodys), normal(password));
        return isRight && stored !== null;
      }),
  };
}

/** An é is one letter on one keyboard and two on another. */
function normal(password: string): string {
  return password.normalize('NFKC');
}
