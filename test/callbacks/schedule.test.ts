import fc from 'fast-check';
import { isDelivered, nextTryInMs, TRY_OFFSETS_MS } from '../../domain/events/callback';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** When tries are made, seen from the first, if each takes `tookMs`. */
function triesOf(chance: number, tookMs = 0, scale = 1): number[] {
  const times = [0];
  for (;;) {
    const now = (times.at(-1) ?? 0) + tookMs;
    const pause = nextTryInMs(times.length, now, chance, scale);
    if (pause === null) return times;
    times.push(now + pause);
  }
}

test('tries come at about 0 s, 5 s, 30 s, 2 min, 10 min and 1 h, then every few hours up to 72 h', () => {
  const tries = triesOf(0.5);

  expect(tries.slice(0, 6)).toEqual([0, 5_000, 30_000, 2 * MINUTE, 10 * MINUTE, HOUR]);
  expect(tries.at(-1)).toBe(72 * HOUR);
  const pauses = tries.slice(6).map((time, index) => time - (tries[index + 5] ?? 0));
  for (const pause of pauses) expect(pause).toBeLessThanOrEqual(4 * HOUR);
});

test('the jitter moves a try by at most a tenth of its pause and never changes the order', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (chance) => {
      for (const [index, time] of triesOf(chance).entries()) {
        const offset = TRY_OFFSETS_MS[index] ?? 0;
        const pause = offset - (TRY_OFFSETS_MS[index - 1] ?? 0);
        expect(Math.abs(time - offset)).toBeLessThanOrEqual(pause / 10 + 1);
      }
    }),
  );
  expect(new Set([0, 0.3, 0.6, 1].map((chance) => nextTryInMs(3, 30_000, chance))).size).toBe(4);
});

test('a receiver that answers slowly still gets a pause, and after a standstill of ours no two tries follow at once', () => {
  expect(nextTryInMs(1, 12_000, 0.5)).toBe(2_500);
  expect(nextTryInMs(5, 100 * HOUR, 0.5)).toBe(25 * MINUTE);
  expect(triesOf(0.5, 12_000)).toHaveLength(TRY_OFFSETS_MS.length);
});

test('a scale shortens the whole schedule alike', () => {
  expect(triesOf(0.5, 0, 0.01).slice(0, 4)).toEqual([0, 50, 300, 1_200]);
});

test('any 2xx is success, and nothing else', () => {
  expect([200, 201, 202, 204, 299].every(isDelivered)).toBe(true);
  expect([199, 300, 302, 304, 400, 404, 410, 500, 503].some(isDelivered)).toBe(false);
});
