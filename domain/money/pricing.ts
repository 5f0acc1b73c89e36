import type { Model } from '../provider/catalogue';
import type { Price } from './price';
import { AppError } from '../errors';
import { isMediaInput, type GenerationInput, type MediaInput, type Usage } from '../task/generation';
import { formatPicoUsd, formatUsd, roundUpToMicroUsd, timesFactor, type MicroUsd, type PicoUsd, type PriceFactor } from './money';
import { cacheMarks } from './cache-marks';
import { imagePriceEach, secondPriceEach } from './price-rows';
import type { CostLine } from '../task/task';
import {
  charactersOf,
  inputTokenBound,
  inputTokenEstimate,
  isCount,
  maxOutputTokens,
  mostSeconds,
  outputTokenEstimate,
  speechUsage,
  transcriptionUsage,
} from './token-count';

export { inputTokenBound, inputTokenEstimate, maxOutputTokens, outputTokenEstimate, speechUsage, transcriptionUsage };

/** Seconds assumed for a video when neither the request nor the model's capabilities name a duration. */
const FALLBACK_VIDEO_SECONDS = 10;

/** What a generation costs and how that came about. */
export interface PricedUsage {
  readonly microUsd: MicroUsd;
  readonly lines: readonly CostLine[];
}

/**
 * The most a request can cost: what is held before any provider is called.
 * Text: input bound (at most the context window) × input price + output limit × output price × `n`; image: `n` × price; video:
 * seconds × price × `n`; per call: once.
 * @param factor - of the caller's team
 * @returns micro-US-dollars, rounded up once
 * @throws AppError `model_not_priced`
 */
export function reservationBound(model: Model, input: GenerationInput, factor?: PriceFactor): MicroUsd {
  const price = priceOfModel(model);
  return roundUpToMicroUsd(sum(scaled(meters(model, price, input, usageBound(model, input), 'bound'), factor)));
}

/**
 * The price of what was used. Linear in the usage, so usage within the bounds of the request never costs more than its reservation;
 * where a provider reports more than that, `capPrice` keeps to the reservation.
 * @param usage - `inputTokens` includes the cached ones, `outputTokens` the reasoning ones; `seconds` is the sum over all videos
 * @param factor - of the task's team, as it was when the task was admitted
 * @returns micro-US-dollars, rounded up once; lines of quantity 0 are left out
 * @throws AppError `model_not_priced`
 */
export function priceOf(model: Model, input: GenerationInput, usage: Usage, factor?: PriceFactor): PricedUsage {
  const all = scaled(meters(model, priceOfModel(model), input, usage, 'actual'), factor);
  const charges = all.filter((charge) => charge.milliQuantity > 0n);
  const lines = charges.map((charge) => ({
    item: charge.item,
    quantity: Number(charge.milliQuantity) / 1000,
    unitUsd: formatPicoUsd(charge.each),
    usd: formatPicoUsd(cost(charge)),
  }));
  return { microUsd: roundUpToMicroUsd(sum(charges)), lines };
}

/** Keeps a price within what was reserved; a line says what was left off. */
export function capPrice(priced: PricedUsage, limitMicroUsd: MicroUsd): PricedUsage {
  if (priced.microUsd <= limitMicroUsd) {
    return priced;
  }
  const over = formatUsd(limitMicroUsd - priced.microUsd);
  return { microUsd: limitMicroUsd, lines: [...priced.lines, { item: 'above_reservation', quantity: 1, unitUsd: over, usd: over }] };
}

/** The seconds a video request asks for, else the model's default, its maximum, or 10. */
export function requestedSeconds(model: Pick<Model, 'capabilities'>, input: MediaInput): number {
  const { defaultDurationS, maxDurationS } = model.capabilities;
  return [input.output.duration_s, defaultDurationS, maxDurationS].find(isCount) ?? FALLBACK_VIDEO_SECONDS;
}

/** So many thousandths of a unit at a price for each unit. */
interface Charge {
  readonly item: string;
  readonly milliQuantity: bigint;
  readonly each: PicoUsd;
}

/** What a request counts as when tokens are rationed: our estimate of its input, and the most it may answer. 0 for images and videos. */
export function rationedTokens(model: Model, input: GenerationInput): number {
  return isMediaInput(input) ? 0 : inputTokenEstimate(input) + usageBound(model, input).outputTokens;
}

function usageBound(model: Model, input: GenerationInput): Usage {
  const n = count(input.operation === 'chat' ? input.params['n'] : 'output' in input ? input.output.n : undefined);
  return {
    inputTokens: Math.min(inputTokenBound(input), model.contextWindow ?? Number.MAX_SAFE_INTEGER),
    cachedInputTokens: 0,
    outputTokens: maxOutputTokens(model, input) * n,
    reasoningTokens: 0,
    images: input.operation === 'image' ? n : 0,
    seconds:
      input.operation === 'video' ? requestedSeconds(model, input) * n : input.operation === 'transcription' ? mostSeconds(input) : 0,
    ...(input.operation === 'speech' ? { characters: charactersOf(input.input) } : {}),
    estimated: true,
  };
}

function meters(model: Model, price: Price, input: GenerationInput, usage: Usage, side: 'bound' | 'actual'): readonly Charge[] {
  switch (price.kind) {
    case 'free':
      return [];
    case 'per_token': {
      const cached = Math.min(usage.cachedInputTokens, usage.inputTokens);
      const { cacheWrite } = price;
      const written = cacheWrite === undefined ? 0 : Math.min(usage.cacheWriteInputTokens ?? 0, usage.inputTokens - cached);
      const writtenForAnHour = Math.min(usage.cacheWrite1hInputTokens ?? 0, written);
      return [
        {
          item: 'input_tokens',
          milliQuantity: thousandths(usage.inputTokens - cached - written),
          each: side === 'bound' ? dearestInput(price, input) : price.input,
        },
        { item: 'cached_input_tokens', milliQuantity: thousandths(cached), each: price.cachedInput },
        {
          item: 'cache_write_input_tokens',
          milliQuantity: thousandths(written - writtenForAnHour),
          each: cacheWrite?.short ?? price.input,
        },
        { item: 'cache_write_1h_input_tokens', milliQuantity: thousandths(writtenForAnHour), each: cacheWrite?.long ?? price.input },
        {
          item: 'output_tokens',
          milliQuantity: input.operation === 'embedding' || input.operation === 'moderation' ? 0n : thousandths(usage.outputTokens),
          each: price.output,
        },
      ];
    }
    case 'per_image':
      return [{ item: 'images', milliQuantity: thousandths(usage.images), each: imagePriceEach(price.rows, outputOf(model, input)) }];
    case 'per_second':
      return [{ item: 'seconds', milliQuantity: thousandths(usage.seconds), each: secondPriceEach(price.rows, outputOf(model, input)) }];
    case 'per_character':
      return [{ item: 'characters', milliQuantity: thousandths(usage.characters ?? 0), each: price.each }];
    case 'per_minute':
      return [{ item: 'minutes', milliQuantity: thousandths(usage.seconds / 60), each: price.each }];
    case 'per_call':
      return [{ item: 'calls', milliQuantity: 1000n, each: price.each }];
  }
}

/** What a token of the input may cost at most: a cached one dearer than a fresh one would be odd, but the bound must hold for it too. */
function dearestInput({ input: fresh, cachedInput, cacheWrite }: Extract<Price, { kind: 'per_token' }>, input: GenerationInput): PicoUsd {
  const marks = cacheWrite === undefined ? 'none' : cacheMarks(input);
  const written = cacheWrite === undefined || marks === 'none' ? 0n : marks === 'long' ? cacheWrite.long : cacheWrite.short;
  return [cachedInput, written].reduce((most, each) => (each > most ? each : most), fresh);
}

function scaled(charges: readonly Charge[], factor: PriceFactor | undefined): readonly Charge[] {
  return factor === undefined ? charges : charges.map((charge) => ({ ...charge, each: timesFactor(charge.each, factor) }));
}

function cost(charge: Charge): PicoUsd {
  // Rounded up to a whole pico-dollar: a thousandth of a unit at an odd price may be finer than that.
  return (charge.milliQuantity * charge.each + 999n) / 1000n;
}

function sum(charges: readonly Charge[]): PicoUsd {
  return charges.reduce((total, charge) => total + cost(charge), 0n);
}

/** Thousandths of a quantity, rounded up; what is no sensible number counts as 0. */
function thousandths(quantity: number): bigint {
  if (!isCount(quantity)) {
    return 0n;
  }
  return Number.isInteger(quantity) ? BigInt(quantity) * 1000n : BigInt(Math.ceil(Number((quantity * 1000).toFixed(3))));
}

function count(n: unknown): number {
  return isCount(n) ? Math.max(1, Math.ceil(n)) : 1;
}

/** A model that makes no sound is priced without it. */
function outputOf({ capabilities }: Model, input: GenerationInput): MediaInput['output'] {
  if (!('output' in input)) return {};
  return capabilities.audio === false ? { audio: false, ...input.output } : input.output;
}

function priceOfModel(model: Model): Price {
  if (model.price === null) {
    throw new AppError(
      'model_not_priced',
      `The model ${model.name} has no price, so it cannot be used. Ask your administrator to set one.`,
      {
        param: 'model',
      },
    );
  }
  return model.price;
}
