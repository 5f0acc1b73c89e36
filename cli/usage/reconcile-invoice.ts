import { createInvoiceBooks } from '../../domain/invoice/books';
import type { InvoiceLine } from '../../domain/invoice/line';
import type { PicoUsd } from '../../domain/money/money';
import { createReconciler, type Reconciler, type Reconciliation } from '../../domain/invoice/reconcile';
import { dayIn, midnightIn } from '../../domain/time-zone';
import { usageFailure } from '../failure';
import type { ApiClient } from '../http/client';
import { findAttempts, readHours } from './attempts';
import { linesOf, type InvoiceFile } from './invoice-file';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** A day of 25 hours, when clocks change, is one still. */
const LONGEST_DAY_MS = 25 * HOUR_MS;
/** A job may be on the invoice long after it began, and the invoice's clock may be another. */
const [BEFORE_MS, AFTER_MS] = [7 * DAY_MS, DAY_MS];
const IDS_AT_ONCE = 500;
const MOST_DIFFERENCES = 1_000;

export interface InvoiceRequest {
  readonly client: ApiClient;
  readonly provider: string;
  readonly file: InvoiceFile;
  /** Absent: what the lines are about. */
  readonly from?: Date;
  readonly to?: Date;
  readonly signal: AbortSignal;
}

export interface ComparedInvoice extends Reconciliation {
  readonly from: Date;
  readonly to: Date;
  /** Lines of other times. */
  readonly skipped: number;
  /** What we bought in that time. */
  readonly booked: PicoUsd;
}

/** Compares a provider's invoice with what was bought of it. The file is read twice, a line at a time. */
export async function reconcileInvoice(request: InvoiceRequest): Promise<ComparedInvoice> {
  const { client, provider, file, signal } = request;
  const period = await periodOf(request);
  const around = { from: new Date(period.from.getTime() - DAY_MS), to: new Date(period.to.getTime() + DAY_MS) };
  const books = createInvoiceBooks(await readHours(client, provider, around, signal));
  const booked = books.between(null, period.from, period.to).amount;
  const reconciler = createReconciler(books, period, MOST_DIFFERENCES);
  let skipped = 0;
  let waiting = new Map<string, InvoiceLine>();

  async function matchWaiting(): Promise<void> {
    const lines = [...waiting.entries()];
    waiting = new Map();
    if (lines.length === 0) return;
    const times = lines.flatMap(([, { from, to }]) => [from ?? period.from, to ?? from ?? period.to]).map((time) => time.getTime());
    const within = { from: new Date(Math.min(...times) - BEFORE_MS), to: new Date(Math.max(...times) + AFTER_MS) };
    const found = await findAttempts(
      client,
      provider,
      within,
      lines.map(([id]) => id),
      signal,
    );
    for (const [id, line] of lines) reconciler.named(line, found.get(id) ?? null);
  }

  for await (const read of linesOf(file)) {
    if ('fault' in read) reconciler.unreadable(read.number, read.fault);
    else if (isOutside(read.line, period)) skipped += 1;
    else if (read.line.upstreamId !== null) {
      addWaiting(waiting, read.line.upstreamId, read.line);
      if (waiting.size >= IDS_AT_ONCE) await matchWaiting();
    } else addDated(reconciler, file.timeZone, read.number, read.line);
  }
  await matchWaiting();
  return { ...reconciler.finish(), ...period, skipped, booked };
}

/** Several lines of one call, one below the other, are one charge. */
function addWaiting(waiting: Map<string, InvoiceLine>, id: string, line: InvoiceLine): void {
  const before = waiting.get(id);
  waiting.set(
    id,
    before === undefined ? line : { ...before, amount: before.amount + line.amount, precision: before.precision + line.precision },
  );
}

function addDated(reconciler: Reconciler, timeZone: string, number: number, line: InvoiceLine): void {
  if (line.from === null) {
    reconciler.unreadable(number, 'it has neither a day nor an id');
    return;
  }
  if (line.to !== null && line.to.getTime() - line.from.getTime() > LONGEST_DAY_MS) {
    reconciler.dated({ ...line, from: line.from, to: line.to });
    return;
  }
  const day = dayIn(line.from, timeZone);
  const next = new Date(Date.parse(`${day}T00:00:00Z`) + DAY_MS).toISOString().slice(0, 10);
  reconciler.dated({ ...line, from: midnightIn(day, timeZone), to: midnightIn(next, timeZone) });
}

function isOutside({ from }: InvoiceLine, period: { readonly from: Date; readonly to: Date }): boolean {
  return from !== null && (from < period.from || from >= period.to);
}

/** The time that the lines are about, as far as the user did not name one. */
async function periodOf({ file, from, to }: InvoiceRequest): Promise<{ readonly from: Date; readonly to: Date }> {
  if (from !== undefined && to !== undefined) return ordered(from, to);
  let first: number | null = null;
  let last: number | null = null;
  for await (const read of linesOf(file)) {
    if ('fault' in read || read.line.from === null) continue;
    const begins = read.line.from.getTime();
    const ends = read.line.to?.getTime() ?? begins + 1;
    first = Math.min(first ?? begins, begins);
    last = Math.max(last ?? ends, ends);
  }
  if (first === null || last === null)
    throw usageFailure('The invoice has no dates.', 'Say which time it is about: --from 2026-11-01 --to 2026-12-01.');
  const lastDay = dayIn(new Date(last - 1), file.timeZone);
  const next = new Date(Date.parse(`${lastDay}T00:00:00Z`) + DAY_MS).toISOString().slice(0, 10);
  return ordered(from ?? midnightIn(dayIn(new Date(first), file.timeZone), file.timeZone), to ?? midnightIn(next, file.timeZone));
}

function ordered(from: Date, to: Date): { readonly from: Date; readonly to: Date } {
  if (from < to) return { from, to };
  throw usageFailure('The time from which the invoice is compared must be before the time to which.');
}
