import type { DefinedModel } from '../../api/routing';
import { moneyOf } from '../../lib/money';
import type { Text } from '../../lib/text';
import type words from '../../text/en/routing.json';

/** A price in a few words: "$0.25 input per 1m". What is not simple is left to the price list. */
export function priceOf(price: DefinedModel['price'], text: Text<typeof words>): string {
  if (price === undefined) return text('prices.none');
  if (price === 'free' || price === 'catalogue') return text(`prices.${price}`);
  const rows = Object.entries(price).flatMap(([name, value]) =>
    typeof value === 'string' ? [`${moneyOf(value)} ${name.replace(/_usd$/, '').replace(/_/g, ' ')}`] : [],
  );
  return rows.length === 0 ? text('prices.table') : rows.join(' · ');
}
