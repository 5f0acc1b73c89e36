import { bandScale, linearScale } from '../../src/lib/scale';

test.each([
  [4.48, [0, 2, 4, 6]],
  [0.08, [0, 0.02, 0.04, 0.06, 0.08]],
  [0, [0, 0.5, 1]],
  [1_234, [0, 500, 1_000, 1_500]],
])('an axis up to %d has round marks from nothing on, none below the top', (top, marks) => {
  const scale = linearScale(top, [200, 0]);

  expect(scale.ticks(4)).toEqual(marks);
  expect(scale(0)).toBe(200);
  expect(scale(scale.top)).toBe(0);
  expect(scale.top).toBeGreaterThanOrEqual(top);
});

test('bars share the room evenly and stay within it', () => {
  const bars = bandScale(4, [10, 90], 0.2);

  expect(bars.bandwidth).toBeCloseTo(16);
  expect(bars.at(0)).toBeCloseTo(12);
  expect(bars.at(3) + bars.bandwidth).toBeCloseTo(88);
});
