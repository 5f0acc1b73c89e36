import type { LegacyProduct } from '../domain/migration/source';
import { decimalOf, isSame, quotient, times, wholeNumber, type Decimal } from './decimal';
import { objectIn } from './json';
import { quotaPerUsd } from './money';
import type { PlanPrice } from './plan/plan';

/** A price with how it came about. */
export interface ModelPrice {
  readonly price: PlanPrice | null;
  /** The saved completion ratio, where the program itself charges by another one. */
  readonly ignoredOutput: string | null;
  /** Whether a digit was lost. */
  readonly isRounded: boolean;
}

/** Prices as the saved options give them. Nothing of the programs' own tables is here: a model without a saved ratio has no price. */
export interface PriceBook {
  /**
   * @param model - the client's name in New API, the upstream one in One API
   * @param channelType - One API prices by it too
   */
  priceOf(model: string, modality: 'text' | 'image' | 'video', channelType: number): ModelPrice;
  /** Groups with their ratios. */
  readonly groupRatios: ReadonlyMap<string, string>;
  /** `user group>key's group`: ratio. */
  readonly betweenGroups: ReadonlyMap<string, string>;
}

const MILLION = wholeNumber(1_000_000);

/** @param charged - completion ratios by model as the log says they were charged */
export function createPriceBook(
  product: LegacyProduct,
  options: ReadonlyMap<string, string>,
  charged: ReadonlyMap<string, string>,
): PriceBook {
  const ratios = decimals(options.get('ModelRatio'));
  const completions = decimals(options.get('CompletionRatio'));
  const cached = decimals(options.get('CacheRatio'));
  const written = decimals(options.get('CreateCacheRatio'));
  const perCall = decimals(options.get('ModelPrice'));
  const perUsd = quotaPerUsd(options);

  /** The form with the channel's type wins. */
  const find = (of: ReadonlyMap<string, Decimal>, model: string, type: number): Decimal | undefined =>
    (product === 'one-api' ? of.get(`${model}(${String(type)})`) : undefined) ?? of.get(model);

  return {
    priceOf(model, modality, type) {
      const call = perCall.get(model);
      if (call !== undefined) return fixed({ per_call_usd: quotient(call, ONE, 12).text });
      const ratio = find(ratios, model, type);
      if (ratio === undefined) return { price: null, ignoredOutput: null, isRounded: false };
      if (product === 'one-api' && modality === 'image') {
        return fixed({ per_image_usd: quotient(times(ratio, wholeNumber(1_000)), perUsd, 12).text });
      }
      let isRounded = false;
      const each = (...factors: readonly Decimal[]): string => {
        const { text, isExact } = quotient(times(ratio, MILLION, ...factors), perUsd, 6);
        isRounded ||= !isExact;
        return text;
      };
      const saved = find(completions, model, type);
      const real = decimalOf(charged.get(model) ?? '') ?? saved;
      const isIgnored = saved !== undefined && real !== undefined && !isSame(saved, real);
      const price: Record<string, string> = { input_per_1m_usd: each() };
      if (real !== undefined) price['output_per_1m_usd'] = each(real);
      const [read, write] = [cached.get(model), written.get(model)];
      if (product === 'new-api' && read !== undefined) price['cached_input_per_1m_usd'] = each(read);
      if (product === 'new-api' && write !== undefined) price['cache_write_input_per_1m_usd'] = each(write);
      return { price, ignoredOutput: isIgnored ? each(saved) : null, isRounded };
    },
    groupRatios: new Map([...decimals(options.get('GroupRatio'))].map(([name, ratio]) => [name, quotient(ratio, ONE, 12).text])),
    betweenGroups: new Map(
      Object.entries(objectIn(options.get('GroupGroupRatio'))).flatMap(([user, using]) =>
        [...decimals(JSON.stringify(using))].map(([group, ratio]): [string, string] => [`${user}>${group}`, quotient(ratio, ONE, 12).text]),
      ),
    ),
  };
}

const ONE = wholeNumber(1);

function fixed(price: PlanPrice): ModelPrice {
  return { price, ignoredOutput: null, isRounded: false };
}

function decimals(json: string | undefined): ReadonlyMap<string, Decimal> {
  const found = new Map<string, Decimal>();
  for (const [name, value] of Object.entries(objectIn(json ?? ''))) {
    const ratio = decimalOf(value);
    if (ratio !== null && ratio.units >= 0n) found.set(name, ratio);
  }
  return found;
}
