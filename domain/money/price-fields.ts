import { formatPicoUsd, type PicoUsd } from './money';
import type { Price } from './price';

/**
 * A price as users read it, in the spelling of the configuration file: decimal strings of US dollars, rows with null where anything matches.
 * @example priceFields({ kind: 'per_call', each: 10_000_000_000n }) // { per_call_usd: '0.01' }
 */
export function priceFields(price: Price) {
  switch (price.kind) {
    case 'free':
      return { free: true };
    case 'per_token':
      return {
        input_per_1m_usd: perMillion(price.input),
        cached_input_per_1m_usd: perMillion(price.cachedInput),
        ...(price.cacheWrite && {
          cache_write_input_per_1m_usd: perMillion(price.cacheWrite.short),
          cache_write_1h_input_per_1m_usd: perMillion(price.cacheWrite.long),
        }),
        output_per_1m_usd: perMillion(price.output),
      };
    case 'per_image':
      return { per_image: price.rows.map(({ each, ...row }) => ({ ...row, usd: formatPicoUsd(each) })) };
    case 'per_second':
      return { per_second: price.rows.map(({ each, ...row }) => ({ ...row, usd: formatPicoUsd(each) })) };
    case 'per_character':
      return { per_1m_characters_usd: perMillion(price.each) };
    case 'per_minute':
      return { per_minute_usd: formatPicoUsd(price.each) };
    case 'per_call':
      return { per_call_usd: formatPicoUsd(price.each) };
  }
}

function perMillion(price: PicoUsd): string {
  return formatPicoUsd(price * 1_000_000n);
}
