import type { PicoUsd } from '../money/money';
import type { InvoiceLine } from './line';

/** Where the amount of a line without an id is added up. */
export interface InvoiceSpan {
  readonly label: string | null;
  /** Null: not one of ours, or the invoice names none. */
  readonly model: string | null;
  readonly from: Date;
  readonly to: Date;
  lines: number;
  amount: PicoUsd;
  /** What rounding can explain. */
  tolerance: PicoUsd;
  quantity: number;
}

/** Adds a line up with the others of its model and day. */
export function addToSpan(
  spans: Map<string, InvoiceSpan>,
  line: InvoiceLine & { readonly from: Date; readonly to: Date },
  model: string | null,
): void {
  const key = `${line.from.toISOString()} ${line.to.toISOString()} ${model ?? `? ${line.model ?? ''}`}`;
  const span = spans.get(key) ?? {
    label: line.model,
    model,
    from: line.from,
    to: line.to,
    lines: 0,
    amount: 0n,
    tolerance: 0n,
    quantity: 0,
  };
  spans.set(key, span);
  span.lines += 1;
  span.amount += line.amount;
  span.tolerance += line.precision;
  span.quantity += line.quantity ?? 0;
}
