import { monthEndForecast } from '../../domain/records/forecast';
import type { DaySpending } from '../../domain/records/usage';

const DAY_MS = 86_400_000;

/** Spending on each day from `first` to the day before `today`, as a function says it, and today. */
function spending(first: string, today: string, costOf: (day: Date) => number, todayCost = 0): readonly DaySpending[] {
  const days: DaySpending[] = [];
  for (let at = Date.parse(first); at < Date.parse(today); at += DAY_MS) {
    days.push({ day: new Date(at).toISOString().slice(0, 10), costMicroUsd: BigInt(costOf(new Date(at))) });
  }
  return [...days.filter(({ costMicroUsd }) => costMicroUsd > 0n), { day: today, costMicroUsd: BigInt(todayCost) }];
}

test('the days that are left cost what their weekdays did: a weekend is not a working day', () => {
  const working = (day: Date): number => (day.getUTCDay() % 6 === 0 ? 0 : 100);
  // Thursday, 2026-11-19: half of it, then 20 and 23 to 27 and 30 are working days.
  const days = spending('2026-10-01', '2026-11-19', working, 30);
  const soFar = 13 * 100 + 30;
  expect(monthEndForecast({ days, today: '2026-11-19', todayShare: 0.5 })).toBe(BigInt(soFar + 50 + 7 * 100));
});

test('history begins with the first spending, and a weekday that was not in it counts as the mean day', () => {
  const days = spending('2026-11-23', '2026-11-25', () => 10, 0);
  // Monday and Tuesday cost 10; the rest of Wednesday and five days more are as they were.
  expect(monthEndForecast({ days, today: '2026-11-25', todayShare: 0 })).toBe(20n + 6n * 10n);
});

test.each([
  ['nothing was ever spent', { days: [], today: '2026-11-25', todayShare: 0.3 }, 0n],
  ['only today', { days: [{ day: '2026-11-25', costMicroUsd: 7n }], today: '2026-11-25', todayShare: 0.3 }, 7n],
  ['the last moment of the month', { days: spending('2026-11-29', '2026-11-30', () => 5, 5), today: '2026-11-30', todayShare: 1 }, 10n],
])('%s: as much as was spent', (_what, recent, expected) => {
  expect(monthEndForecast(recent)).toBe(expected);
});
