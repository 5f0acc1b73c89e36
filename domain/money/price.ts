import type { PicoUsd } from './money';

/** A model's price, in pico-US-dollars per unit. */
export type Price =
  | { readonly kind: 'free' }
  | {
      readonly kind: 'per_token';
      readonly input: PicoUsd;
      readonly cachedInput: PicoUsd;
      readonly output: PicoUsd;
      /** Input that is written to the vendor's cache; absent: it costs what other input does. */
      readonly cacheWrite?: CacheWritePrice;
    }
  /** Rows are tried in order; `null` matches anything; the last row is the default. */
  | {
      readonly kind: 'per_image';
      readonly rows: readonly { readonly size: string | null; readonly quality: string | null; readonly each: PicoUsd }[];
    }
  | {
      readonly kind: 'per_second';
      readonly rows: readonly { readonly resolution: string | null; readonly audio: boolean | null; readonly each: PicoUsd }[];
    }
  /** Of a text that is read aloud. */
  | { readonly kind: 'per_character'; readonly each: PicoUsd }
  /** Of a file that is written down. */
  | { readonly kind: 'per_minute'; readonly each: PicoUsd }
  | { readonly kind: 'per_call'; readonly each: PicoUsd };

/** Of a token that is kept in a cache: for some minutes, or for an hour. */
export interface CacheWritePrice {
  readonly short: PicoUsd;
  readonly long: PicoUsd;
}
