import { toAppError } from '../domain/errors';
import type { Logger } from '../domain/log';
import type { BalancePlace, BalanceStore } from '../domain/provider/balance';
import { keysOf, type Catalogue } from '../domain/provider/catalogue';
import type { ProviderRegistry } from '../domain/provider/provider';
import { createLimit } from '../lib/parallel';

/** Asks providers what is left of our accounts, each key at its turn, by one process at a time. */
export interface BalanceAsker {
  /** Begins what is due; does not wait for it. */
  pass(): Promise<void>;
  /** Gives up what is under way. */
  close(): Promise<void>;
}

export interface BalanceDeps {
  readonly catalogue: () => Catalogue;
  readonly providers: ProviderRegistry;
  readonly balances: BalanceStore;
  readonly logger: Logger;
  readonly now: () => Date;
  /** How often each key is asked. */
  readonly everyS: number;
}

const WIDTH = 4;
/** How soon the turn of another process is asked for again: it may have ended. */
const ASK_AGAIN_MS = { least: 1_000, most: 60_000 };
/** What is kept of why it could not be asked. */
const MOST_WORDS = 300;

export function createBalanceAsker({ catalogue, providers, balances, logger, now, everyS }: BalanceDeps): BalanceAsker {
  const askAt = new Map<string, number>();
  const underWay = new Map<string, Promise<void>>();
  const stopping = new AbortController();
  const isStopping = (): boolean => stopping.signal.aborted;
  const turns = createLimit(WIDTH);
  const failing = new Set<string>();

  /** The keys of providers that can tell. */
  function places(): readonly BalancePlace[] {
    return [...catalogue().providers.values()]
      .filter((provider) => provider.disabled !== true && providers(provider).balance !== undefined)
      .flatMap((provider) => keysOf(provider).map(({ name: key }) => ({ provider: provider.name, key })));
  }

  async function ask(place: BalancePlace): Promise<void> {
    const provider = catalogue().providers.get(place.provider);
    if (provider === undefined || isStopping()) return;
    const name = nameOf(place);
    try {
      const told = await providers(provider, provider.keys === undefined ? null : place.key).balance?.(stopping.signal);
      if (told === undefined) return;
      failing.delete(name);
      await balances.save(place, { balances: told }, now());
    } catch (error) {
      if (isStopping()) return;
      const { code, message } = toAppError(error);
      await balances.save(place, { error: message.slice(0, MOST_WORDS) }, now());
      // Once while it lasts: it is asked again and again.
      if (!failing.has(name)) logger.warn({ ...place, code, err: error }, 'a provider did not tell what is left of the account');
      failing.add(name);
    }
  }

  return {
    async pass() {
      const at = now().getTime();
      const due = places().filter((place) => !underWay.has(nameOf(place)) && (askAt.get(nameOf(place)) ?? 0) <= at);
      if (due.length === 0) return;
      const mine = new Set((await balances.claimTurns(due, everyS)).map(nameOf));
      const againMs = Math.min(ASK_AGAIN_MS.most, Math.max(ASK_AGAIN_MS.least, everyS * 250));
      for (const place of due) {
        const name = nameOf(place);
        askAt.set(name, at + (mine.has(name) ? everyS * 1_000 : againMs));
        if (!mine.has(name)) continue;
        const asking = turns(() => ask(place))
          .catch((error: unknown) =>
            logger.warn({ ...place, err: error }, 'a balance could not be kept; it is asked for again at its time'),
          )
          .finally(() => underWay.delete(name));
        underWay.set(name, asking);
      }
    },
    async close() {
      stopping.abort();
      await Promise.all(underWay.values());
    },
  };
}

function nameOf({ provider, key }: BalancePlace): string {
  return JSON.stringify([provider, key]);
}
