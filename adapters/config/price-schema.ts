import { z } from 'zod';
import type { Modality } from '../../domain/provider/catalogue';
import type { CacheWritePrice, Price } from '../../domain/money/price';
import { parseUnitPrice } from '../../domain/money/money';

const reason = 'must be a decimal string in quotes, such as "0.25", with at most 12 decimal places';

/** A unit price. Messages never quote the value: it may be a secret in the wrong place. */
const unitPrice = z
  .string(reason)
  .regex(/^\d{1,12}(\.\d{1,12})?$/, reason)
  .transform((text) => parseUnitPrice(text));
const reasonPerMillion = 'must be a decimal string in quotes, such as "0.25", with at most 6 decimal places';
/** Six digits after the point of a price per million are the last six of the price per token. */
const perMillion = z
  .string(reasonPerMillion)
  .regex(/^\d{1,12}(\.\d{1,6})?$/, reasonPerMillion)
  .transform((text) => parseUnitPrice(text) / 1_000_000n);

const word = z.string('must be text in quotes').min(1, 'must not be empty').max(64);
const imageRow = z.strictObject({ size: word.optional(), quality: word.optional(), usd: unitPrice });
const secondRow = z.strictObject({ resolution: word.optional(), audio: z.boolean('must be true or false').optional(), usd: unitPrice });

const options = z.strictObject({
  input_per_1m_usd: perMillion.optional(),
  cached_input_per_1m_usd: perMillion.optional(),
  cache_write_input_per_1m_usd: perMillion.optional(),
  cache_write_1h_input_per_1m_usd: perMillion.optional(),
  output_per_1m_usd: perMillion.optional(),
  per_image_usd: unitPrice.optional(),
  per_image: z.array(imageRow).min(1, 'needs at least one row').optional(),
  per_second_usd: unitPrice.optional(),
  per_second: z.array(secondRow).min(1, 'needs at least one row').optional(),
  per_1m_characters_usd: perMillion.optional(),
  per_minute_usd: unitPrice.optional(),
  per_call_usd: unitPrice.optional(),
});
type Options = z.infer<typeof options>;
type OptionName = keyof Options;

const TOKEN_OPTIONS: readonly OptionName[] = [
  'input_per_1m_usd',
  'cached_input_per_1m_usd',
  'cache_write_input_per_1m_usd',
  'cache_write_1h_input_per_1m_usd',
  'output_per_1m_usd',
];
const KINDS: Readonly<Record<Modality, readonly OptionName[]>> = {
  text: [...TOKEN_OPTIONS, 'per_1m_characters_usd', 'per_minute_usd', 'per_call_usd'],
  image: ['per_image_usd', 'per_image', 'per_call_usd'],
  video: ['per_second_usd', 'per_second', 'per_call_usd'],
};

/** `cost:` of a route, or a price of the catalogue, before it is known to fit the modality. */
export const costOption = z.union([z.literal('free'), options], 'must be free, or a mapping such as { per_call_usd: "0.01" }');
export type CostOption = z.infer<typeof costOption>;
/** `price:` of a model; `catalogue` is the price of its routes in prices/*.json. */
export const priceOption = z.union(
  [z.literal(['free', 'catalogue']), options],
  'must be free, catalogue, or a mapping such as { per_call_usd: "0.01" }',
);

/** What keeps a price from fitting its model; empty: `toPrice` may be called. */
export function priceFaults(price: CostOption, modality: Modality): readonly { readonly option: string; readonly message: string }[] {
  if (price === 'free') {
    return [];
  }
  const given = (Object.keys(price) as OptionName[]).filter((name) => price[name] !== undefined);
  const foreign = given.filter((name) => !KINDS[modality].includes(name));
  if (foreign.length > 0) {
    const known = KINDS[modality].join(', ');
    return foreign.map((option) => ({ option, message: `does not price ${modality}; a ${modality} model takes ${known}` }));
  }
  const meters = new Set(given.map((name) => (TOKEN_OPTIONS.includes(name) ? 'tokens' : name)));
  if (meters.size !== 1) {
    return [
      { option: '', message: meters.size === 0 ? 'is empty; write free if it costs nothing' : `mixes ${given.join(', ')}; use only one` },
    ];
  }
  if (meters.has('tokens') && price.input_per_1m_usd === undefined) {
    return [{ option: 'input_per_1m_usd', message: 'is required when a price per token is given' }];
  }
  return rowFaults(price);
}

function rowFaults(price: Options): readonly { readonly option: string; readonly message: string }[] {
  if (price.per_image !== undefined && !price.per_image.some((row) => row.size === undefined && row.quality === undefined)) {
    return [{ option: 'per_image', message: 'needs a default row: one without size and quality' }];
  }
  const conditions = (price.per_image ?? price.per_second ?? []).map((row) =>
    JSON.stringify({ ...row, usd: undefined }, Object.keys(row).sort()),
  );
  const twice = conditions.findIndex((condition, index) => conditions.indexOf(condition) !== index);
  const option = price.per_image === undefined ? 'per_second' : 'per_image';
  return twice === -1 ? [] : [{ option: `${option}[${twice}]`, message: 'has the same conditions as an earlier row' }];
}

/** The price in the units of the domain; rows with more conditions come first, so that the default is last. */
export function toPrice(price: CostOption): Price {
  if (price === 'free') {
    return { kind: 'free' };
  }
  if (price.per_call_usd !== undefined) {
    return { kind: 'per_call', each: price.per_call_usd };
  }
  if (price.per_1m_characters_usd !== undefined) {
    return { kind: 'per_character', each: price.per_1m_characters_usd };
  }
  if (price.per_minute_usd !== undefined) {
    return { kind: 'per_minute', each: price.per_minute_usd };
  }
  if (price.per_image !== undefined || price.per_image_usd !== undefined) {
    const rows = price.per_image ?? [{ usd: price.per_image_usd ?? 0n }];
    return {
      kind: 'per_image',
      rows: special(rows.map((row) => ({ size: row.size ?? null, quality: row.quality ?? null, each: row.usd }))),
    };
  }
  if (price.per_second !== undefined || price.per_second_usd !== undefined) {
    const rows = price.per_second ?? [{ usd: price.per_second_usd ?? 0n }];
    return {
      kind: 'per_second',
      rows: special(rows.map((row) => ({ resolution: row.resolution ?? null, audio: row.audio ?? null, each: row.usd }))),
    };
  }
  const input = price.input_per_1m_usd ?? 0n;
  return {
    kind: 'per_token',
    input,
    cachedInput: price.cached_input_per_1m_usd ?? input,
    output: price.output_per_1m_usd ?? 0n,
    ...cacheWriteOf(price, input),
  };
}

/** Without a price of an hour, an hour costs what some minutes do. */
function cacheWriteOf(
  { cache_write_input_per_1m_usd: short, cache_write_1h_input_per_1m_usd: long }: Options,
  input: bigint,
): { readonly cacheWrite?: CacheWritePrice } {
  if (short === undefined && long === undefined) return {};
  return { cacheWrite: { short: short ?? input, long: long ?? short ?? input } };
}

function special<Row extends object>(rows: readonly Row[]): readonly Row[] {
  const open = (row: Row) => Object.values(row).filter((value) => value === null).length;
  return [...rows].sort((left, right) => open(left) - open(right));
}
