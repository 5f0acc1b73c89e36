import type { MicroUsd } from '../money/money';
import { priceOf, reservationBound } from '../money/pricing';
import type { ChatInput, Usage } from '../task/generation';
import type { Catalogue, Model, Provider, Route } from './catalogue';

/** Calls of our own that find out whether a provider is there: by hand (`providers test`) or on a schedule (`probe`). */

/** What a test asks of a text model. */
export const TEST_CHAT = {
  operation: 'chat',
  messages: [{ role: 'user', content: 'Hi' }],
  params: { max_tokens: 1 },
} as const satisfies ChatInput;

/** A model of ours and the route by which it is called for a test. */
export interface TestTarget {
  readonly model: Model;
  readonly route: Route;
}

/** What a test calls: the model that was named (ours, or the provider's), else what costs least to try: a text, chats first. Undefined: no route fits. */
export function testTarget({ models }: Catalogue, provider: Provider, named: string | null): TestTarget | undefined {
  const targets = [...models.values()].flatMap((model) =>
    model.routes.filter((route) => route.provider === provider.name).map((route) => ({ model, route })),
  );
  const wanted = named === null ? targets : targets.filter(({ model, route }) => model.name === named || route.model === named);
  const texts = wanted.filter(({ model }) => model.modality === 'text');
  return texts.find(({ model }) => isForChats(model)) ?? texts[0] ?? wanted[0];
}

function isForChats({ capabilities: { embeddings, moderations, speech, transcriptions } }: Model): boolean {
  return ![embeddings, moderations, speech, transcriptions].includes(true);
}

/**
 * What the provider takes for the one call of a test, by the route's `cost` or the model's price; 0 for a look at images and videos, and for
 * models without a price.
 * @param usage - null: the provider did not say, and the most that it can be is counted
 */
export function testCost({ model, route }: TestTarget, usage: Usage | null): MicroUsd {
  const price = route.cost ?? model.price;
  if (model.modality !== 'text' || price === null) return 0n;
  const priced = { ...model, price };
  return usage === null ? reservationBound(priced, TEST_CHAT) : priceOf(priced, TEST_CHAT, usage).microUsd;
}

/** A probe that is over. */
export interface ProbeResult {
  readonly at: Date;
  readonly ok: boolean;
  /** What was found, and what to do about it. */
  readonly message: string;
  readonly durationMs: number;
  /** What the provider took for it: paid by the installation, in no budget and no ledger. */
  readonly costMicroUsd: MicroUsd;
}

export interface LastProbe extends ProbeResult {
  /** Of all probes of the provider so far. */
  readonly totalMicroUsd: MicroUsd;
}

/** Whose turn it is to probe, and what came of it; shared by all processes. */
export interface ProbeStore {
  /** Of these providers, those whose time has come: the asker is to probe them, and nobody else until `everyS` has passed. */
  claimTurns(wanted: readonly { readonly provider: string; readonly everyS: number }[]): Promise<ReadonlySet<string>>;
  save(provider: string, result: ProbeResult): Promise<void>;
  /** The last probe of each provider that was probed. */
  last(): Promise<ReadonlyMap<string, LastProbe>>;
}
