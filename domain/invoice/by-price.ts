import type { Booked } from './books';
import type { InvoiceSpan } from './span';

/** Two shares of the price are the same up to that. */
const SAME = 0.01;
const SAME_QUANTITY = 0.005;

interface Open {
  readonly span: InvoiceSpan;
  readonly booked: Booked;
}

/**
 * The differences that another price explains: the invoice says how much was used and it is as much as we counted, or a model is off by the
 * same factor on every day.
 */
export function byPrice(open: readonly Open[]): ReadonlyMap<InvoiceSpan, readonly ['price_differs', string]> {
  const explained = new Map<InvoiceSpan, readonly ['price_differs', string]>();
  const shares = new Map<string, number[]>();
  for (const { span, booked } of open) {
    const share = shareOf(span, booked);
    if (span.model !== null && share !== null) shares.set(span.model, [...(shares.get(span.model) ?? []), share]);
  }
  for (const { span, booked } of open) {
    const share = shareOf(span, booked);
    if (share === null) continue;
    const text = `${(Math.round(share * 10_000) / 100).toString()} % of what our price for the route says: correct its \`cost\`.`;
    const same = booked.quantities.some((quantity) => quantity > 0 && Math.abs(span.quantity / quantity - 1) <= SAME_QUANTITY);
    const all = span.model === null ? [] : (shares.get(span.model) ?? []);
    if (same) explained.set(span, ['price_differs', `As much was used as we counted, and the provider took ${text}`]);
    else if (all.length > 1 && all.every((other) => Math.abs(other / share - 1) <= SAME)) {
      explained.set(span, ['price_differs', `On each of ${String(all.length)} days the provider took ${text}`]);
    }
  }
  return explained;
}

function shareOf({ amount }: InvoiceSpan, booked: Booked): number | null {
  return booked.amount > 0n && amount > 0n ? Number(amount) / Number(booked.amount) : null;
}
