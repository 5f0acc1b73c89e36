import type { PicoUsd } from '../money/money';
import { midnightIn } from '../time-zone';
import type { InvoiceColumns, InvoiceField } from './columns';

export interface InvoiceLine {
  /** null: the invoice does not say when. */
  readonly from: Date | null;
  /** Before it; null: at `from`, or on its day. */
  readonly to: Date | null;
  /** As the invoice calls it; null: it does not say. */
  readonly model: string | null;
  /** The provider's own id of a request or job. */
  readonly upstreamId: string | null;
  readonly quantity: number | null;
  /** Invoices are finer than micro-dollars. */
  readonly amount: PicoUsd;
  /** Half of the last digit that the invoice shows. */
  readonly precision: PicoUsd;
}

const DIGITS = 12;
const DAY_MS = 86_400_000;
const DATE = /^(\d{4})[-/](\d\d?)[-/](\d\d?)$/;
const EPOCH = /^\d{10}(\.\d+)?$/;
const EPOCH_MS = /^\d{13}$/;

/** What is wrong with a line. */
export interface LineFault {
  readonly fault: string;
}

/**
 * Reads a line. A line without an amount says nothing (null), as days without costs do in OpenAI's file.
 * @param timeZone - of its days, and of times without an offset
 */
export function readLine(cells: readonly string[], columns: InvoiceColumns, timeZone: string): InvoiceLine | LineFault | null {
  const cell = (field: InvoiceField): string | null => {
    const text = cells[columns[field] ?? -1]?.trim() ?? '';
    return text === '' ? null : text;
  };
  const text = cell('amount');
  if (text === null) return null;
  const amount = readAmount(text);
  if (amount === null) return { fault: `${JSON.stringify(text)} is no amount of money` };
  const currency = cell('currency');
  if (currency !== null && !/^(usd|us\$|\$)$/i.test(currency))
    return { fault: `its currency is ${currency}, and only US dollars can be compared` };
  const from = cell('from');
  const to = cell('to');
  const period = { from: readTime(from, timeZone, 'start'), to: readTime(to, timeZone, 'end') };
  if (from !== null && period.from === null) return { fault: `${JSON.stringify(from)} is no day or time` };
  const quantity = Number(cell('quantity')?.replaceAll(',', '') ?? Number.NaN);
  return {
    ...period,
    model: cell('model'),
    upstreamId: cell('upstream_id'),
    quantity: Number.isFinite(quantity) ? quantity : null,
    ...amount,
  };
}

/** "$1,234.50", "0.8958740000000000", "1.2e-05", "(3.10)": less is a credit. */
export function readAmount(text: string): Pick<InvoiceLine, 'amount' | 'precision'> | null {
  const match = /^(-|\()?\s*(?:US)?\$?\s*(-)?(\d[\d,]*)?(?:\.(\d+))?(?:e([+-]?\d{1,2}))?\s*(?:USD)?\)?$/i.exec(text.trim());
  const [, outer, inner, whole = '', fraction = '', exponent = '0'] = match ?? [];
  if (match === null || (whole === '' && fraction === '')) return null;
  // So many digits are behind the point.
  const scale = fraction.length - Number(exponent);
  const digits = BigInt(`${whole.replaceAll(',', '')}${fraction}`);
  const shift = DIGITS - scale;
  const size = shift >= 0 ? digits * 10n ** BigInt(shift) : digits / 10n ** BigInt(-shift);
  const precision = shift > 0 ? 10n ** BigInt(Math.min(shift, DIGITS)) / 2n : 0n;
  return { amount: (outer === undefined) === (inner === undefined) ? size : -size, precision };
}

/** A day ends when the next one begins: Google's "Usage end date" is the last day that counts. */
function readTime(text: string | null, timeZone: string, side: 'start' | 'end'): Date | null {
  if (text === null) return null;
  if (EPOCH.test(text)) return new Date(Number(text) * 1000);
  if (EPOCH_MS.test(text)) return new Date(Number(text));
  const date = DATE.exec(text);
  if (date !== null) {
    const [, year = '', month = '', day = ''] = date;
    const number = Date.UTC(Number(year), Number(month) - 1, Number(day)) + (side === 'end' ? DAY_MS : 0);
    return midnightIn(new Date(number).toISOString().slice(0, 10), timeZone);
  }
  // Without an offset it is a time of the zone.
  const named = /([zZ]|[+-]\d\d:?\d\d| UTC| GMT)$/.test(text);
  const at = new Date(named ? text : `${text.replace(' ', 'T')}Z`);
  if (Number.isNaN(at.getTime())) return null;
  if (named) return at;
  const midnight = at.toISOString().slice(0, 10);
  return new Date(midnightIn(midnight, timeZone).getTime() + (at.getTime() - Date.parse(`${midnight}T00:00:00Z`)));
}
