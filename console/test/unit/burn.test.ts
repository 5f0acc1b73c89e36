import type { BudgetSeries } from '../../src/api/budgets';
import type { Usage } from '../../src/api/usage';
import { burnOfSeries, burnOfUsage } from '../../src/features/budgets/burn';
import type { BudgetRow } from '../../src/features/budgets/scopes';
import { formatFor } from '../../src/lib/format-for';

/** A person in New York looks at budgets of teams elsewhere. */
const format = formatFor('en', 'America/New_York');
const HOUR_MS = 3_600_000;

const aSeries = (changes: object): BudgetSeries =>
  ({
    interval: 'hour',
    time_zone: 'Asia/Shanghai',
    from: '2026-11-29T16:00:00.000Z',
    budget: { spent_usd: '3', resets_at: '2026-11-30T16:00:00.000Z' },
    data: [
      { start: '2026-11-29T17:00:00.000Z', cost_usd: '1' },
      { start: '2026-11-30T01:00:00.000Z', cost_usd: '2' },
    ],
    forecast: { period_end_usd: '5', exhausted_at: null },
    ...changes,
  }) as unknown as BudgetSeries;

const aRow = (period: BudgetRow['period'], changes: Partial<BudgetRow> = {}): BudgetRow => ({
  ...{ kind: 'team', name: '', id: null, key: `team::${period}`, period, isOfFile: false },
  ...{ limitUsd: '10', spentUsd: '3', heldUsd: null, ...changes },
});

const aUsage = (from: string, data: readonly object[], changes: object = {}): Usage =>
  ({
    ...{ from, time_zone: 'Europe/Berlin', data, total: { cost_usd: '3' }, forecast: { month_end_usd: '8' } },
    ...changes,
  }) as unknown as Usage;

test('the hours of a day are those of the team, wherever the person who looks is', () => {
  const now = Date.parse('2026-11-30T02:30:00Z');
  const { points, forecast, zone } = burnOfSeries(aSeries({}), now, format);

  expect(zone).toBe('Asia/Shanghai');
  expect(points).toHaveLength(24);
  expect([points[0]?.mark, points[1]?.mark, points[23]?.mark]).toEqual(['0:00', '1:00', '23:00']);
  expect(points.map(({ spent }) => spent).slice(0, 12)).toEqual([0, 1, 1, 1, 1, 1, 1, 1, 1, 3, 3, null]);
  expect(forecast).toBe(5);
});

test('every day of a month is there once, also where clocks change', () => {
  const ofMonth = { interval: 'day', time_zone: 'America/New_York', from: '2026-11-01T04:00:00.000Z', data: [] };
  const budget = { spent_usd: '0', resets_at: '2026-12-01T05:00:00.000Z' };
  const { points } = burnOfSeries(aSeries({ ...ofMonth, budget }), Date.parse('2026-11-20T12:00:00Z'), format);

  expect(points.map(({ mark }) => mark)).toEqual(Array.from({ length: 30 }, (_, index) => `${index + 1} Nov`));
});

test.each([
  ['2026-10-24T22:00:00.000Z', 25],
  ['2026-03-28T23:00:00.000Z', 23],
  ['2026-06-30T22:00:00.000Z', 24],
])('a day that begins at %s has %d hours in Berlin', (from, hours) => {
  const { points } = burnOfUsage(aRow('daily'), aUsage(from, []), Date.parse(from) + HOUR_MS, format);

  expect(points).toHaveLength(hours);
  expect(new Set(points.map(({ key }) => key)).size).toBe(hours);
  expect(points.at(-1)?.mark).toBe('23:00');
});

test('a budget in all is used up when what is left is spent at the pace of the last week', () => {
  const now = Date.parse('2026-11-30T12:00:00Z');
  const data = [
    { start: '2026-11-05T23:00:00.000Z', cost_usd: '2.3' },
    { start: '2026-11-28T23:00:00.000Z', cost_usd: '0.7' },
  ];
  const { points, forecast, emptyAt } = burnOfUsage(
    aRow('total', { spentUsd: '5', heldUsd: '1' }),
    aUsage('2026-10-30T23:00:00.000Z', data),
    now,
    format,
  );

  // Four dollars are left, a tenth of one goes a day.
  expect(emptyAt).toBe('2027-01-09T12:00:00.000Z');
  expect(forecast).toBeNull();
  expect([points[0]?.spent, points.findLast(({ spent }) => spent !== null)?.spent]).toEqual([2, 5]);
  expect(burnOfUsage(aRow('total'), aUsage('2026-10-30T23:00:00.000Z', []), now, format).emptyAt).toBeNull();
});
