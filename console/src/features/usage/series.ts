import type { Usage, UsageRow } from '../../api/usage';
import type { Format } from '../../lib/format';
import type { BarSeries, BarSlot } from '../../ui/chart/bars';
import { LOOKS } from '../../ui/chart/patterns';
import { measure, valueOf, type Dimension, type Metric } from './measure';
import type { Range } from './range';

const HOUR_MS = 3_600_000;

/** What the chart shows: slots of time, the greatest values of the dimension, and all others as one. */
export interface Chart {
  readonly slots: readonly BarSlot[];
  readonly series: readonly (Omit<BarSeries, 'label'> & { readonly value: string | null })[];
  /** Where the API has each slot begin. */
  readonly starts: readonly number[];
}

/** @param usage - by interval and dimension */
export function chartOf(usage: Usage, range: Range, dimension: Dimension, metric: Metric, format: Format): Chart {
  const starts = startsOf(usage, range.interval);
  const totals = new Map<string, number>();
  for (const row of usage.data) totals.set(valueOf(row, dimension), (totals.get(valueOf(row, dimension)) ?? 0) + measure(row, metric));
  const ranked = [...totals].filter(([, sum]) => sum > 0).sort((a, b) => b[1] - a[1]);
  const shown = ranked.length > LOOKS ? ranked.slice(0, LOOKS - 1) : ranked;
  const named = new Set(shown.map(([value]) => value));
  const valuesOf = (isOf: (row: UsageRow) => boolean): number[] => {
    const values = new Array<number>(starts.length).fill(0);
    for (const row of usage.data) {
      const index = slotOf(starts, new Date(row.start).getTime());
      if (index >= 0 && isOf(row)) values[index] = (values[index] ?? 0) + measure(row, metric);
    }
    return values;
  };
  const series = shown.map(([value], index) => ({
    key: value,
    value,
    look: index,
    values: valuesOf((row) => valueOf(row, dimension) === value),
  }));
  const others =
    ranked.length > LOOKS
      ? [{ key: ' others', value: null, look: LOOKS - 1, values: valuesOf((row) => !named.has(valueOf(row, dimension))) }]
      : [];
  const expected = metric === 'cost' && range.name === 'month' ? expectedOf(usage, starts) : null;
  const slots = starts.map((start, index): BarSlot => {
    const iso = new Date(start).toISOString();
    const zone = usage.time_zone;
    const title =
      range.interval === 'hour'
        ? `${format.day(iso, zone)} ${format.hour(iso, zone)}`
        : range.interval === 'day'
          ? format.day(iso, zone)
          : format.month(iso, zone);
    const mark = range.interval === 'hour' ? format.hour(iso, zone) : title;
    const more = expected?.get(index);
    return { key: iso, mark, title, ...(more === undefined ? {} : { expected: more }) };
  });
  return { slots, series: [...series, ...others], starts };
}

/** The last slot that begins no later. */
function slotOf(starts: readonly number[], at: number): number {
  let found = -1;
  for (const [index, start] of starts.entries()) if (start <= at + HOUR_MS / 2) found = index;
  return found;
}

/** Slots from the beginning to the end, those without requests too; of a month that is not over, all of its days. */
function startsOf(usage: Usage, interval: Range['interval']): number[] {
  const [from, asked] = [new Date(usage.from).getTime(), new Date(usage.to).getTime()];
  if (interval === 'hour') return stepped(from, asked, HOUR_MS);
  if (interval === 'day') return stepped(from, asked, 24 * HOUR_MS);
  const starts: number[] = [];
  const first = new Date(from + 12 * HOUR_MS);
  for (let month = 0; month < 240; month += 1) {
    // Noon of the first day is in the month wherever the zone is; the exact hour does not matter to a bar.
    const at =
      month === 0
        ? from
        : Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + month, 1) -
          (Date.UTC(first.getUTCFullYear(), first.getUTCMonth(), 1) - from);
    if (at >= asked) break;
    starts.push(at);
  }
  return starts;
}

const MOST_SLOTS = 400;

function stepped(from: number, to: number, step: number): number[] {
  const starts: number[] = [];
  for (let at = from; at < to && starts.length < MOST_SLOTS; at += step) starts.push(at);
  return starts.length === 0 ? [from] : starts;
}

/** What the rest of the month is expected to cost, shared evenly by its days; today keeps what it has. */
function expectedOf(usage: Usage, starts: number[]): Map<number, number> {
  const last = starts.at(-1);
  if (last === undefined) return new Map();
  const days = new Date(
    Date.UTC(new Date(last + 12 * HOUR_MS).getUTCFullYear(), new Date(last + 12 * HOUR_MS).getUTCMonth() + 1, 0),
  ).getUTCDate();
  const rest = Number(usage.forecast.month_end_usd) - Number(usage.total.cost_usd);
  const left = days - starts.length;
  if (left <= 0 || rest <= 0) return new Map();
  const share = rest / left;
  const expected = new Map<number, number>();
  for (let day = 0; day < left; day += 1) {
    expected.set(starts.length, share);
    starts.push(last + (day + 1) * 24 * HOUR_MS);
  }
  return expected;
}
