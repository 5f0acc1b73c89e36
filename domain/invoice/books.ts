import type { AttemptHour, BookedAttempt } from '../records/attempt';
import { modelMeant } from './model-name';
import type { PicoUsd } from '../money/money';
import type { InvoiceSpan } from './span';

const HOUR_MS = 3_600_000;
const PICO_PER_MICRO = 1_000_000n;

/** What our books say of a provider's calls in some time. */
export interface Booked {
  readonly attempts: number;
  readonly amount: PicoUsd;
  /** Calls whose outcome nobody knows, and the most that the provider can have charged for them. */
  readonly unknown: { readonly attempts: number; readonly most: PicoUsd };
  /** The same for calls that failed or were cancelled and were booked at nothing. */
  readonly unpaid: { readonly attempts: number; readonly most: PicoUsd };
  readonly quantities: readonly number[];
}

/** The attempts of one provider by hour and model, as far as no line of the invoice named them by their ids. */
export interface InvoiceBooks {
  /** Our name for the model that a line means: the provider's one, else null. */
  readonly modelOf: (label: string) => string | null;
  /** @param model - null: all of them @param shiftMs - how much later the invoice's days begin */
  readonly between: (model: string | null, from: Date, to: Date, shiftMs?: number) => Booked;
  /** Takes an attempt out that a line named. */
  readonly settle: (attempt: Pick<BookedAttempt, 'model' | 'at' | 'outcome' | 'costMicroUsd' | 'mostMicroUsd'>) => void;
  /** What was booked at more than nothing and lies in none of these spans, by model and day of UTC. */
  readonly outside: (
    spans: Iterable<InvoiceSpan>,
    period: { readonly from: Date; readonly to: Date },
  ) => readonly { readonly model: string; readonly from: Date; readonly booked: Booked }[];
}

type Hour = { -readonly [Name in keyof AttemptHour]: AttemptHour[Name] };

export function createInvoiceBooks(hours: readonly AttemptHour[]): InvoiceBooks {
  const rows: Hour[] = hours.map((hour) => ({ ...hour }));
  const byHour = new Map<string, Hour>();
  for (const row of rows) byHour.set(keyOf(row.model, row.hour, row.outcome), row);
  // What our models are called stands for what the provider calls them.
  const names = new Map(rows.flatMap(({ model, served }) => [[model, model] as const, [served, model] as const]).reverse());
  const known = new Map<string, string | null>();
  const byModel = new Map<string | null, Hour[]>([[null, rows]]);
  for (const row of rows) listOf(byModel, row.model).push(row);
  const rowsOf = (model: string | null, from: Date, to: Date, shiftMs: number): readonly Hour[] => {
    const [first, last] = [from.getTime() + shiftMs, to.getTime() + shiftMs];
    return (byModel.get(model) ?? []).filter(({ hour }) => hour.getTime() >= first && hour.getTime() < last);
  };

  return {
    modelOf(label) {
      const found = known.get(label);
      if (found !== undefined) return found;
      const name = modelMeant(label, names.keys());
      const model = name === null ? null : (names.get(name) ?? null);
      known.set(label, model);
      return model;
    },
    between: (model, from, to, shiftMs = 0) => sumOf(rowsOf(model, from, to, shiftMs)),
    settle({ model, at, outcome, costMicroUsd, mostMicroUsd }) {
      const row = byHour.get(keyOf(model, new Date(Math.floor(at.getTime() / HOUR_MS) * HOUR_MS), outcome));
      if (row === undefined) return;
      row.attempts -= 1;
      row.costMicroUsd -= costMicroUsd;
      row.mostMicroUsd -= mostMicroUsd;
    },
    outside(spans, period) {
      const inside = new Set([...spans].flatMap(({ model, from, to }) => rowsOf(model, from, to, 0)));
      const left = new Map<string, Hour[]>();
      for (const row of rowsOf(null, period.from, period.to, 0)) {
        if (inside.has(row) || row.costMicroUsd === 0n) continue;
        const key = `${row.hour.toISOString().slice(0, 10)} ${row.model}`;
        listOf(left, key).push(row);
      }
      const sums = [...left].map(([key, some]) => ({
        model: key.slice(11),
        from: new Date(`${key.slice(0, 10)}T00:00:00Z`),
        booked: sumOf(some),
      }));
      return sums.filter(({ booked }) => booked.amount > 0n);
    },
  };
}

function listOf<Key>(lists: Map<Key, Hour[]>, key: Key): Hour[] {
  const list = lists.get(key) ?? [];
  lists.set(key, list);
  return list;
}

function keyOf(model: string, hour: Date, outcome: string): string {
  return `${hour.toISOString()} ${outcome} ${model}`;
}

function sumOf(rows: readonly Hour[]): Booked {
  const add = (some: readonly Hour[], of: (row: Hour) => bigint): PicoUsd => some.reduce((sum, row) => sum + of(row), 0n) * PICO_PER_MICRO;
  const count = (some: readonly Hour[]): number => some.reduce((sum, { attempts }) => sum + attempts, 0);
  const total = (of: (row: Hour) => number): number => rows.reduce((sum, row) => sum + of(row), 0);
  const unknown = rows.filter(({ outcome }) => outcome === 'unknown');
  const unpaid = rows.filter(({ outcome }) => outcome === 'failed' || outcome === 'cancelled');
  return {
    attempts: count(rows),
    amount: add(rows, ({ costMicroUsd }) => costMicroUsd),
    unknown: { attempts: count(unknown), most: add(unknown, ({ mostMicroUsd }) => mostMicroUsd) },
    unpaid: { attempts: count(unpaid), most: add(unpaid, ({ mostMicroUsd }) => mostMicroUsd) },
    quantities: [
      total(({ images }) => images),
      total(({ videoSeconds }) => videoSeconds),
      total(({ inputTokens, outputTokens }) => inputTokens + outputTokens),
      total(({ inputTokens }) => inputTokens),
      total(({ outputTokens }) => outputTokens),
      count(rows.filter(({ outcome }) => outcome === 'succeeded')),
    ],
  };
}
