/** Amounts to pixels, for charts. */
export interface LinearScale {
  (value: number): number;
  /** Round amounts from 0 to the top, about as many as asked for. */
  readonly ticks: (count: number) => readonly number[];
  readonly top: number;
}

/** From 0 at the foot to at least `top`, ended at a round amount. @param range - pixels of the foot and of the top */
export function linearScale(top: number, range: readonly [foot: number, top: number]): LinearScale {
  const step = roundStep((top > 0 ? top : 1) / 4);
  const end = Math.ceil((top > 0 ? top : 1) / step - 1e-9) * step;
  const scale = (value: number): number => range[0] + (value / end) * (range[1] - range[0]);
  const ticks = (count: number): readonly number[] => {
    const each = roundStep(end / count);
    // Products of the step, not sums of it: these would gather what binary fractions leave over.
    return Array.from({ length: Math.floor(end / each + 1e-9) + 1 }, (_, index) => Number((index * each).toPrecision(12)));
  };
  return Object.assign(scale, { ticks, top: end });
}

/** The least of 1, 2, 5 and their tenfolds that is no less. */
function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  const factor = [1, 2, 5, 10].find((one) => one * power >= least * (1 - 1e-9)) ?? 10;
  return factor * power;
}

/** Bars beside each other. @param padding - share of a bar's place that stays free */
export function bandScale(count: number, [from, to]: readonly [number, number], padding: number) {
  const place = (to - from) / Math.max(1, count);
  const bandwidth = place * (1 - padding);
  return { bandwidth, at: (index: number): number => from + index * place + (place - bandwidth) / 2 };
}
