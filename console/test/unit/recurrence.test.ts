import { cronOf, recurrenceOf, type Recurrence } from '../../src/lib/recurrence';

const AT_NINE: Recurrence = { every: 'day', at: '09:05', weekday: 3, date: 14 };

test.each([
  ['day', '5 9 * * *'],
  ['workday', '5 9 * * 1-5'],
  ['week', '5 9 * * 3'],
  ['month', '5 9 14 * *'],
] as const)('a campaign that repeats each %s is asked for as %s, and read back as that', (every, cron) => {
  expect(cronOf({ ...AT_NINE, every })).toBe(cron);
  expect(recurrenceOf(cron)).toMatchObject({ every, at: '09:05' });
});

test.each(['*/5 9 * * *', '0 9 * * 1-4', '0 9 1 * 1-5', '0 9 * 6 *', '0 9 * * MON-FRI'])(
  'what says more than that is left as it is: %s',
  (cron) => {
    expect(recurrenceOf(cron)).toBeNull();
  },
);

test('a time that is none makes no expression', () => {
  expect(cronOf({ ...AT_NINE, at: '' })).toBeNull();
  expect(cronOf({ ...AT_NINE, at: '24:00' })).toBeNull();
});
