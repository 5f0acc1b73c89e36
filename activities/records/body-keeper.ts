import type { Logger } from '../../domain/log';
import { isSampled, type BodyKeeper, type BodyOwner, type BodyStore, type BodyVault, type Exchange } from '../../domain/records/bodies';
import type { Digest } from '../../domain/records/redact-body';
import { createLimit } from '../../lib/parallel';
import { within } from '../../lib/time';
import { keepTrying } from '../keep-trying';
import { bodyText } from './body-text';

/** Of one answer: a larger one is "too_large" whatever its media are. */
const MOST_ANSWER_BYTES = 16 * 1024 * 1024;
/** Of all answers that are watched or wait to be stored. */
const MOST_HELD_BYTES = 64 * 1024 * 1024;
/** Redacting is work for the one thread that answers everybody. */
const AT_ONCE = 1;
const STORED_AT_ONCE = 8;
const PATIENCE_MS = 60_000;
/** What an exchange takes beside its answer. */
const REQUEST_BYTES = 16 * 1024;

interface Deps {
  readonly bodies: Pick<BodyStore, 'keep'>;
  readonly vault: Pick<BodyVault, 'put'>;
  readonly digest: Digest;
  readonly logger: Logger;
}

/** Keeps bodies in the background, in bounded memory; what has no room is given up, as a request never waits for it. */
export function createBodyKeeper({ bodies, vault, digest, logger }: Deps): BodyKeeper {
  const redacting = createLimit(AT_ONCE);
  const storing = createLimit(STORED_AT_ONCE);
  const underWay = new Set<Promise<void>>();
  let held = 0;

  async function store(owner: BodyOwner, exchange: Exchange, pieces: readonly (string | Uint8Array)[] | null): Promise<void> {
    const text = await redacting(async () => {
      await new Promise((resolve) => setImmediate(resolve));
      return pieces === null ? null : bodyText(exchange, pieces, owner.policy.maxBytes, digest);
    });
    await storing(async () => {
      const kept = text === null ? null : await keepTrying(() => vault.put(owner.callId, text), PATIENCE_MS);
      await keepTrying(() => bodies.keep(owner, kept), PATIENCE_MS);
    });
  }

  function tellOfRoom({ callId }: BodyOwner): void {
    logger.warn({ call: callId }, 'The bodies of a call are not kept: too many wait to be stored.');
  }

  return {
    watch(owner) {
      if (!isSampled(owner.callId, owner.policy)) return null;
      if (held >= MOST_HELD_BYTES) {
        tellOfRoom(owner);
        return null;
      }
      let pieces: (string | Uint8Array)[] | null = [];
      let isGivenUp = false;
      let own = REQUEST_BYTES;
      held += own;
      const release = (): void => {
        held -= own;
        own = 0;
      };
      return {
        answered(piece) {
          if (pieces === null) return;
          const bytes = Buffer.byteLength(piece);
          own += bytes;
          held += bytes;
          isGivenUp = held > MOST_HELD_BYTES;
          if (own <= MOST_ANSWER_BYTES && !isGivenUp) {
            pieces.push(piece);
            return;
          }
          pieces = null;
          release();
        },
        discard: release,
        end(exchange) {
          if (isGivenUp) {
            tellOfRoom(owner);
            return;
          }
          const work = store(owner, exchange, pieces)
            .catch((error: unknown) => {
              logger.warn({ err: error, call: owner.callId }, 'The bodies of a call could not be kept.');
            })
            .finally(() => {
              release();
              underWay.delete(work);
            });
          underWay.add(work);
        },
      };
    },
    async drain(withinMs) {
      await within(withinMs, Promise.all(underWay), () => new Error('over')).catch(() => undefined);
    },
  };
}
