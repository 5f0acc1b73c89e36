import { decimalOf, quotient, wholeNumber } from '../decimal';
import { capabilitiesOf, modalityOf } from '../modality';
import type { PriceBook } from '../prices';
import type { Building } from './building';
import type { ModelWay } from './channels';
import type { PlanModel } from './plan';

/** What Atelier can be asked for. */
const MODEL_NAME = /^[A-Za-z0-9@][\w.:/@+-]{0,127}$/;

/** Models by the clients' names, with the routes of all channels. @returns how many */
export function planModels(building: Building, ways: readonly ModelWay[], book: PriceBook): void {
  const byName = new Map<string, ModelWay[]>();
  for (const way of ways) byName.set(way.model, [...(byName.get(way.model) ?? []), way]);
  for (const [name, all] of [...byName].sort(([one], [other]) => (one < other ? -1 : 1))) {
    if (MODEL_NAME.test(name)) planModel(building, name, all, book);
    else building.sink('skipped', { entity: 'model', legacy_id: null, reason: 'bad_name', detail: name.slice(0, 128) });
  }
}

function planModel({ source, sink }: Building, name: string, ways: readonly ModelWay[], book: PriceBook): void {
  const modality = modalityOf(name);
  const warn = (category: string, message: string, facts: Readonly<Record<string, unknown>> = {}): void =>
    sink('warnings', { category, entity: 'model', name, ...facts, message });
  // The price of the channel that is tried first at the source.
  const byRank = [...ways].sort((one, other) => rank(other) - rank(one));
  const prices = byRank.map((way) => book.priceOf(source.product === 'one-api' ? way.upstream : name, modality, way.channelType));
  const first = prices.find(({ price }) => price !== null) ?? { price: null, ignoredOutput: null, isRounded: false };
  const routes = ways.flatMap(({ route }) => (route === null ? [] : [route]));
  const capabilities = modality === 'text' ? capabilitiesOf(name) : null;
  const model: PlanModel = {
    name,
    modality,
    price: priceFor(modality, first.price),
    ...(capabilities === null ? {} : { capabilities }),
    routes,
  };
  sink('models', model);
  if (first.price === null) {
    warn('model_without_price', 'The source has no saved price, and none is invented: give it one, or it is left out.');
  }
  if (routes.length === 0) warn('model_without_route', 'No channel that comes along leads to it, so it is left out.');
  if (first.ignoredOutput !== null) {
    warn(
      'completion_ratio_fixed_in_code',
      `The saved completion ratio says ${first.ignoredOutput} USD per million output tokens, but its calls were charged as the plan says.`,
      {
        output_from_option_per_1m_usd: first.ignoredOutput,
      },
    );
  }
  if (first.isRounded)
    warn('price_rounded', 'Its ratios have more digits than a price: it was rounded to a millionth of a dollar per million tokens.');
  const different = new Set(prices.flatMap(({ price }) => (price === null ? [] : [JSON.stringify(price)])));
  if (different.size > 1)
    warn('price_by_channel', 'The source charges it differently by channel. The plan has the price of the first one.');
  if (
    modality === 'text' &&
    first.price?.['input_per_1m_usd'] !== undefined &&
    first.price['output_per_1m_usd'] === undefined &&
    capabilities === null
  ) {
    warn('no_completion_ratio', 'The source has no saved completion ratio, so output costs what input does.');
  }
  if (modality === 'video' && first.price?.['input_per_1m_usd'] !== undefined) {
    warn(
      'video_priced_by_tokens',
      'The source takes half its ratio in dollars beforehand and settles by tokens. Here each call costs that estimate: per_call_usd.',
    );
  }
}

/** A video has no tokens here: what the source takes beforehand is its price. */
function priceFor(modality: PlanModel['modality'], price: PlanModel['price']): PlanModel['price'] {
  const input = price?.['input_per_1m_usd'];
  if (price === null || input === undefined || modality !== 'video') return price;
  // Ratio / 2 dollars a call, and 2 dollars a million tokens for each 1 of ratio.
  return { ...price, per_call_usd: quarter(input) };
}

function quarter(usd: string): string {
  const amount = decimalOf(usd);
  return amount === null ? '0' : quotient(amount, wholeNumber(4), 12).text;
}

/** Channels that work come first, then those of a higher priority. */
function rank({ isEnabled, priority }: ModelWay): number {
  return (isEnabled ? 1e12 : 0) + priority;
}
