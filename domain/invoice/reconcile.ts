import type { BookedAttempt } from '../records/attempt';
import type { Booked, InvoiceBooks } from './books';
import { byPrice } from './by-price';
import type { PicoUsd } from '../money/money';
import type { InvoiceLine } from './line';
import { addToSpan, type InvoiceSpan } from './span';

/** Why an invoice and our books differ. */
export type DifferenceReason = (typeof DIFFERENCE_REASONS)[number];
export const DIFFERENCE_REASONS = [
  'rounding',
  'outcome_unknown',
  'ended_without_charge',
  'price_differs',
  'time_zone',
  'not_in_our_books',
  'not_on_the_invoice',
  'unreadable',
  'unexplained',
] as const;

const UNEXPLAINED: ReadonlySet<DifferenceReason> = new Set(['not_in_our_books', 'not_on_the_invoice', 'unreadable', 'unexplained']);

export interface Difference {
  readonly reason: DifferenceReason;
  readonly isExplained: boolean;
  readonly explanation: string;
  readonly model: string | null;
  readonly from: Date | null;
  readonly to: Date | null;
  readonly upstreamId: string | null;
  readonly taskId: string | null;
  readonly invoice: PicoUsd;
  readonly booked: PicoUsd;
}

export interface Reconciliation {
  readonly lines: number;
  /** Lines and days that agree to the micro-dollar or the last digit of the invoice. */
  readonly agreed: number;
  readonly invoice: PicoUsd;
  /** How many differences there are of each reason, and what they add up to. */
  readonly reasons: ReadonlyMap<DifferenceReason, { readonly count: number; readonly amount: PicoUsd }>;
  /** The first of them. */
  readonly differences: readonly Difference[];
  readonly isExplained: boolean;
}

type Dated = InvoiceLine & { readonly from: Date; readonly to: Date };

export interface Reconciler {
  /** A line that names one of our calls by the provider's id; null: none of ours has it. */
  named(line: InvoiceLine, attempt: BookedAttempt | null): void;
  /** A line that is one of many of its model and day. */
  dated(line: Dated): void;
  unreadable(number: number, fault: string): void;
  finish(): Reconciliation;
}

const MICRO: PicoUsd = 1_000_000n;
const HOUR_MS = 3_600_000;
/** Offsets of the clocks of the world. */
const SHIFTS = [...Array.from({ length: 27 }, (_, index) => index - 14)].filter((hours) => hours !== 0);

/**
 * Compares an invoice with the books, a line at a time: what it keeps grows with models and days, not with lines.
 * @param period - the time that the invoice is about @param keep - differences that are told in full
 */
export function createReconciler(books: InvoiceBooks, period: { readonly from: Date; readonly to: Date }, keep: number): Reconciler {
  const spans = new Map<string, InvoiceSpan>();
  const reasons = new Map<DifferenceReason, { count: number; amount: PicoUsd }>();
  const differences: Difference[] = [];
  const claimed = new Map<string, number>();
  let [lines, agreed, invoice] = [0, 0, 0n];

  function differ(
    reason: DifferenceReason,
    explanation: string,
    facts: Partial<Difference> & { readonly invoice: PicoUsd; readonly booked: PicoUsd },
  ): void {
    const sum = reasons.get(reason) ?? { count: 0, amount: 0n };
    reasons.set(reason, { count: sum.count + 1, amount: sum.amount + facts.invoice - facts.booked });
    if (reason === 'rounding' || differences.length >= keep) return;
    const none = { model: null, from: null, to: null, upstreamId: null, taskId: null };
    differences.push({ ...none, ...facts, reason, explanation, isExplained: !UNEXPLAINED.has(reason) });
  }

  /** An unknown call of that model and day which no other line has taken yet. */
  function claimUnknown({ from, model, amount }: InvoiceLine): boolean {
    const name = model === null ? null : books.modelOf(model);
    if (from === null || (model !== null && name === null)) return false;
    const day = new Date(Math.floor(from.getTime() / (24 * HOUR_MS)) * 24 * HOUR_MS);
    const { unknown } = books.between(name, day, new Date(day.getTime() + 24 * HOUR_MS));
    const key = `${day.toISOString()} ${name ?? ''}`;
    const taken = claimed.get(key) ?? 0;
    if (taken >= unknown.attempts || amount > unknown.most + MICRO) return false;
    claimed.set(key, taken + 1);
    return true;
  }

  function agree(difference: PicoUsd, tolerance: PicoUsd, booked: PicoUsd): boolean {
    if (abs(difference) > tolerance) return false;
    agreed += 1;
    if (difference !== 0n) differ('rounding', '', { invoice: booked + difference, booked });
    return true;
  }

  return {
    named(line, attempt) {
      lines += 1;
      invoice += line.amount;
      const { model, from, to, upstreamId, amount } = line;
      const facts = { model, from, to, upstreamId, invoice: amount, booked: 0n };
      if (attempt === null) {
        if (claimUnknown(line)) {
          differ(
            'outcome_unknown',
            'No call of ours has this id, but one of that model and day ended without our knowing its outcome.',
            facts,
          );
        } else differ('not_in_our_books', 'No call of ours has this id: it was made past this installation, or at another time.', facts);
        return;
      }
      books.settle(attempt);
      const booked = attempt.costMicroUsd * MICRO;
      if (agree(amount - booked, line.precision + MICRO, booked)) return;
      const [reason, explanation] = whyOne(attempt, amount, booked);
      differ(reason, explanation, { ...facts, booked, taskId: attempt.taskId, from: from ?? attempt.at, model: attempt.model });
    },
    dated(line) {
      lines += 1;
      invoice += line.amount;
      addToSpan(spans, line, line.model === null ? null : books.modelOf(line.model));
    },
    unreadable(number, fault) {
      lines += 1;
      differ('unreadable', `Line ${String(number)}: ${fault}.`, { invoice: 0n, booked: 0n });
    },
    finish() {
      const all = [...spans.values()];
      const ours = all.filter(({ model, label }) => model !== null || label === null);
      const fits = (span: InvoiceSpan, shiftMs: number): boolean => differenceOf(books, span, shiftMs).isWithin;
      const hours = bestShift(ours, fits);
      const open: { readonly span: InvoiceSpan; readonly booked: Booked }[] = [];
      for (const span of all) {
        if (!ours.includes(span)) {
          const explanation =
            'We made no calls of a model by this name then. If it is another name of ours, add it to the routes; else it was used past this installation.';
          differ('not_in_our_books', explanation, { ...factsOf(span), booked: 0n });
          continue;
        }
        const { booked, difference, tolerance } = differenceOf(books, span, 0);
        if (agree(difference, tolerance, booked.amount)) continue;
        if (hours !== 0 && fits(span, hours * HOUR_MS)) {
          differ('time_zone', `With days that begin ${zoneText(hours)} the amounts agree.`, { ...factsOf(span), booked: booked.amount });
        } else open.push({ span, booked: differenceOf(books, span, hours * HOUR_MS).booked });
      }
      const priced = byPrice(open);
      for (const { span, booked } of open) {
        const [reason, explanation] =
          whyMany(span, booked) ?? priced.get(span) ?? (['unexplained', 'Nothing in our books explains it.'] as const);
        differ(reason, explanation, { ...factsOf(span), booked: booked.amount });
      }
      for (const { model, from, booked } of hours === 0 ? books.outside(ours, period) : []) {
        const explanation = `${String(booked.attempts)} calls of ours are on no line: they may stand on the invoice before or after this one, or were free.`;
        differ('not_on_the_invoice', explanation, { model, from, invoice: 0n, booked: booked.amount });
      }
      const isExplained = [...reasons.keys()].every((reason) => !UNEXPLAINED.has(reason));
      return { lines, agreed, invoice, reasons, differences, isExplained };
    },
  };
}

function whyOne({ outcome, costMicroUsd }: BookedAttempt, amount: PicoUsd, booked: PicoUsd): readonly [DifferenceReason, string] {
  if (outcome === 'unknown') return ['outcome_unknown', 'Nobody knew the outcome of this call; the provider carried it out.'];
  if (costMicroUsd === 0n && (outcome === 'cancelled' || outcome === 'failed')) {
    return ['ended_without_charge', `The call was ${outcome} and booked at nothing; the provider charged for it all the same.`];
  }
  return ['price_differs', `The provider took ${ratio(amount, booked)} of what our price for the route says: correct its \`cost\`.`];
}

function whyMany(span: InvoiceSpan, { amount, unknown, unpaid }: Booked): readonly [DifferenceReason, string] | null {
  const more = span.amount - amount - span.tolerance;
  if (more <= 0n) return null;
  if (unknown.attempts > 0 && more <= unknown.most) {
    return [
      'outcome_unknown',
      `${String(unknown.attempts)} calls of that model and day ended without our knowing their outcome; they can have cost that much.`,
    ];
  }
  if (unpaid.attempts > 0 && more <= unknown.most + unpaid.most) {
    return [
      'ended_without_charge',
      `${String(unpaid.attempts)} calls were cancelled or failed and are booked at nothing; they can have cost that much.`,
    ];
  }
  return null;
}

function differenceOf(books: InvoiceBooks, span: InvoiceSpan, shiftMs: number) {
  const booked = books.between(span.model, span.from, span.to, shiftMs);
  // Each call of ours was rounded up to a micro-dollar once.
  const tolerance = span.tolerance + BigInt(booked.attempts) * MICRO;
  const difference = span.amount - booked.amount;
  return { booked, difference, tolerance, isWithin: abs(difference) <= tolerance };
}

/** By how many hours other days would fit better, when they fit clearly better; else 0. */
function bestShift(spans: readonly InvoiceSpan[], fits: (span: InvoiceSpan, shiftMs: number) => boolean): number {
  const wrong = spans.filter((span) => !fits(span, 0));
  if (wrong.length < 2) return 0;
  let best = { hours: 0, count: 1 };
  for (const hours of SHIFTS) {
    const count = wrong.filter((span) => fits(span, hours * HOUR_MS)).length;
    if (count > best.count) best = { hours, count };
  }
  return best.count * 2 > wrong.length ? best.hours : 0;
}

function factsOf({ label, model, from, to, amount }: InvoiceSpan) {
  return { model: model ?? label, from, to, invoice: amount };
}

function zoneText(hours: number): string {
  return `${String(Math.abs(hours))} hours ${hours < 0 ? 'earlier' : 'later'} (such as those of UTC${hours < 0 ? '+' : '-'}${String(Math.abs(hours))})`;
}

/** "150 %" */
function ratio(amount: PicoUsd, booked: PicoUsd): string {
  return booked === 0n ? 'more' : `${(Number((amount * 10_000n) / booked) / 100).toString()} %`;
}

function abs(amount: PicoUsd): PicoUsd {
  return amount < 0n ? -amount : amount;
}
