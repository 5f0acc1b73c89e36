import type { DefinedModel } from '../../api/routing';

type Price = NonNullable<DefinedModel['price']>;
export type Modality = DefinedModel['modality'];

/** Amounts that a price may have, under the names that the API gives them. */
export const AMOUNTS = {
  tokens: ['input_per_1m_usd', 'cached_input_per_1m_usd', 'output_per_1m_usd'],
  images: ['per_image_usd'],
  seconds: ['per_second_usd'],
  characters: ['per_1m_characters_usd'],
  minutes: ['per_minute_usd'],
  calls: ['per_call_usd'],
} as const;
export type Amount = (typeof AMOUNTS)[keyof typeof AMOUNTS][number];

/** By what a model may be priced; `kept` is a table by size or quality, which is changed by the API. */
export type PriceKind = keyof typeof AMOUNTS | 'free' | 'catalogue' | 'none' | 'kept';

export const KINDS: Readonly<Record<Modality, readonly PriceKind[]>> = {
  text: ['catalogue', 'tokens', 'calls', 'characters', 'minutes', 'free', 'none'],
  image: ['catalogue', 'images', 'calls', 'free', 'none'],
  video: ['catalogue', 'seconds', 'calls', 'free', 'none'],
};

/** A price as it is typed. */
export interface PriceDraft {
  readonly kind: PriceKind;
  readonly amounts: Readonly<Partial<Record<Amount, string>>>;
}

export const amountsOf = (kind: PriceKind): readonly Amount[] => (kind in AMOUNTS ? AMOUNTS[kind as keyof typeof AMOUNTS] : []);

/** What stands in the form of a model that has a price already. A table of one row, for anything, is an amount. */
export function draftPrice(price: DefinedModel['price']): PriceDraft {
  if (price === undefined) return { kind: 'none', amounts: {} };
  if (price === 'free' || price === 'catalogue') return { kind: price, amounts: {} };
  if (price['free'] === true) return { kind: 'free', amounts: {} };
  const flat = { ...price, ...oneRow(price, 'per_image'), ...oneRow(price, 'per_second') };
  const kind = (Object.keys(AMOUNTS) as (keyof typeof AMOUNTS)[]).find((one) =>
    AMOUNTS[one].some((name) => typeof flat[name] === 'string'),
  );
  const hasMore = Object.entries(flat).some(
    ([name, value]) => value !== undefined && !(kind === undefined ? [] : amountsOf(kind)).includes(name as Amount),
  );
  if (kind === undefined || hasMore) return { kind: 'kept', amounts: {} };
  return {
    kind,
    amounts: Object.fromEntries(AMOUNTS[kind].flatMap((name) => (typeof flat[name] === 'string' ? [[name, flat[name]]] : []))),
  };
}

function oneRow(price: Exclude<Price, string>, name: 'per_image' | 'per_second'): Readonly<Record<string, unknown>> {
  const rows: unknown = price[name];
  if (!Array.isArray(rows) || rows.length !== 1) return {};
  const [row] = rows as readonly Readonly<Record<string, unknown>>[];
  return row !== undefined && Object.keys(row).join() === 'usd' ? { [`${name}_usd`]: row['usd'], [name]: undefined } : {};
}

/** Is what was typed an amount? The unit prices have more digits than budgets. */
export const isUnitPrice = (value: string): boolean => /^\d{1,12}(\.\d{1,12})?$/.test(value.trim());

/** Which amounts are missing or no amounts. Only what the price can do without may be empty. */
export function faultyAmounts({ kind, amounts }: PriceDraft): readonly Amount[] {
  return amountsOf(kind).filter((name) => {
    const value = amounts[name]?.trim() ?? '';
    return value === '' ? name !== 'cached_input_per_1m_usd' && name !== 'output_per_1m_usd' : !isUnitPrice(value);
  });
}

/** As the API takes it; null takes it away, undefined leaves what is there. */
export function priceToSend({ kind, amounts }: PriceDraft): Price | null | undefined {
  if (kind === 'kept') return undefined;
  if (kind === 'none') return null;
  if (kind === 'free' || kind === 'catalogue') return kind;
  return Object.fromEntries(
    amountsOf(kind).flatMap((name) => {
      const value = amounts[name]?.trim() ?? '';
      return value === '' ? [] : [[name, value] as const];
    }),
  );
}
