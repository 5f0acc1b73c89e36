import { linearScale } from '../../lib/scale';
import css from './chart.module.css';
import { AmountAxis, everyNth, Frame, MARGIN } from './frame';

export interface BurnPoint {
  readonly key: string;
  readonly mark: string;
  /** Spent since the beginning; null: not yet there. */
  readonly spent: number | null;
}

interface BurnDownProps {
  readonly label: string;
  readonly points: readonly BurnPoint[];
  readonly limit: number;
  readonly limitLabel: string;
  /** What the end will have cost at this pace; null: there is no end. */
  readonly forecast: number | null;
  readonly isEven: boolean;
  readonly format: (value: number) => string;
}

/** What was spent of a budget (a full line), its even pace (dotted), the forecast (dashed) and the limit. */
export function BurnDown({ label, points, limit, limitLabel, forecast, isEven, format }: BurnDownProps) {
  return (
    <Frame height={240}>
      {({ width, height }) => {
        const spent = points.flatMap(({ spent: value }, index) => (value === null ? [] : [{ index, value }]));
        const last = spent.at(-1);
        const end = points.length - 1;
        const top = Math.max(limit, forecast ?? 0, last?.value ?? 0);
        const x = (index: number): number => MARGIN.left + (index / Math.max(1, end)) * (width - MARGIN.right - MARGIN.left);
        const y = linearScale(top * 1.08, [height - MARGIN.bottom, MARGIN.top]);
        const nth = everyNth(points.length, width - MARGIN.left, 48);
        return (
          <svg width={width} height={height} role="img" aria-label={label}>
            <AmountAxis scale={y} width={width} format={format} />
            {points.map(({ key, mark }, index) =>
              index % nth === 0 ? (
                <text key={key} className={css.mark} x={x(index)} y={height - 6} textAnchor="middle">
                  {mark}
                </text>
              ) : null,
            )}
            <line className={css.limit} x1={MARGIN.left} x2={width - MARGIN.right} y1={y(limit)} y2={y(limit)} />
            <text className={css.limitMark} x={width - MARGIN.right} y={y(limit) - 6} textAnchor="end">
              {limitLabel}
            </text>
            {isEven ? <line className={css.pace} x1={x(0)} x2={x(end)} y1={y(0)} y2={y(limit)} /> : null}
            {last === undefined || forecast === null ? null : (
              <line className={css.forecast} x1={x(last.index)} x2={x(end)} y1={y(last.value)} y2={y(forecast)} />
            )}
            <polyline className={css.spent} points={spent.map(({ index, value }) => `${x(index)},${y(value)}`).join(' ')} />
            {last === undefined ? null : <circle className={css.now} cx={x(last.index)} cy={y(last.value)} r="4" />}
          </svg>
        );
      }}
    </Frame>
  );
}
