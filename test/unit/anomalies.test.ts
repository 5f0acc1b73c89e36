import { backtestAnomalies, usualFrom } from '../../domain/alert/anomaly/backtest';
import { findAnomalies } from '../../domain/alert/anomaly/find';
import { HOUR_MS, type SpendRow } from '../../domain/alert/anomaly/spending';
import { quietUntil } from '../../domain/alert/notice';
import { wallClock } from '../../domain/time-zone';

const NOW = Date.UTC(2026, 10, 25, 12);
const RULE = { by: ['credential', 'model', 'team'] as const, factor: 4, minMicroUsd: 1_000_000 };

function row(hourMs: number, usd: number, of: Partial<SpendRow> = {}): SpendRow {
  return { hourMs, teamId: 1, team: 'studio', credentialId: 7, credential: 'script-7', model: 'x', microUsd: usd * 1_000_000, ...of };
}

/** Six weeks in which the key spends two dollars in each hour of the day, and nothing at night. */
const PAST = Array.from({ length: 42 * 24 }, (_, index) => NOW - (index + 1) * HOUR_MS)
  .filter((at) => new Date(at).getUTCHours() >= 6)
  .flatMap((at) => [row(at, 2), row(at, 1, { credentialId: 8, credential: 'site', model: 'y' })]);

function found(now: readonly SpendRow[], hourMs = NOW) {
  const usual = usualFrom(PAST, RULE.by);
  return findAnomalies(now, RULE, (by, id) => usual(by, id, hourMs));
}

test('a key that spends twelve times its usual is found, and explains its team and its model', () => {
  const anomalies = found([row(NOW, 22), row(NOW, 2, { model: 'y' }), row(NOW, 1, { credentialId: 8, credential: 'site', model: 'y' })]);
  expect(anomalies).toMatchObject([
    { by: 'credential', credential: 'script-7', times: 12, usualMicroUsd: 2_000_000, topModel: { name: 'x', percent: 92 } },
  ]);
});

test('three times the usual, and what costs little, is not unusual; the same amount at night is', () => {
  expect(found([row(NOW, 6)])).toEqual([]);
  expect(found([row(NOW, 0.9)])).toEqual([]);
  const night = NOW - 9 * HOUR_MS;
  expect(found([row(night, 11)], night)).toMatchObject([{ by: 'credential', times: null }]);
});

test('many keys that spend a little more each are found as their team', () => {
  const many = Array.from({ length: 20 }, (_, index) => row(NOW, 2, { credentialId: 100 + index, credential: `key-${index}` }));
  expect(found(many)).toMatchObject([{ by: 'model', model: 'x', times: 20 }]);
});

test('a backtest finds what lasted for hours once, with what was known before it', () => {
  const bad = [3, 2, 1].map((ago) => NOW - ago * HOUR_MS);
  const past = backtestAnomalies([...PAST.filter(({ hourMs }) => !bad.includes(hourMs)), ...bad.map((at) => row(at, 30))], RULE, {
    fromMs: NOW - 48 * HOUR_MS,
    toMs: NOW,
  });
  expect(past).toMatchObject([{ hours: 3, fromMs: bad[0], toMs: NOW, worst: { credential: 'script-7', times: 15 } }]);
});

test.each([
  ['2026-11-25T22:30:00Z', '2026-11-25T23:00:00.000Z'],
  ['2026-11-25T15:00:00Z', '2026-11-25T23:00:00.000Z'],
  ['2026-11-25T12:00:00Z', undefined],
])('quiet hours from 22:00 to 07:00 in Shanghai hold back at %s until %s', (at, until) => {
  const hours = { from: '22:00', to: '07:00', timeZone: 'Asia/Shanghai', exceptCritical: false };
  expect(quietUntil(hours, new Date(at), wallClock)?.toISOString()).toBe(until);
});
