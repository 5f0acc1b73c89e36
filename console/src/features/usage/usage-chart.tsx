import type { Usage } from '../../api/usage';
import { useFormat } from '../../lib/format';
import { useText } from '../../lib/text';
import type words from '../../text/en/usage.json';
import { Bars } from '../../ui/chart/bars';
import { Legend } from '../../ui/chart/legend';
import css from './usage.module.css';
import { figureOf, type Dimension, type Metric } from './measure';
import type { Range } from './range';
import { chartOf } from './series';
import { useValueName } from './use-value-name';

interface UsageChartProps {
  /** By interval and dimension. */
  readonly usage: Usage;
  readonly range: Range;
  readonly dimension: Dimension;
  readonly metric: Metric;
  /** What is said of it in a sentence. */
  readonly label: string;
  /** An even pace of a month's budget, dollars a day; null: there is no such budget. */
  readonly pace: { readonly value: number; readonly label: string } | null;
  readonly onRange: (from: string, to: string) => void;
}

/** Usage over time by one dimension. The table below has the same figures. */
export function UsageChart({ usage, range, dimension, metric, label, pace, onRange }: UsageChartProps) {
  const text = useText<typeof words>('usage');
  const format = useFormat();
  const nameOf = useValueName(dimension);
  const chart = chartOf(usage, range, dimension, metric, format);
  const series = chart.series.map((one) => ({ ...one, label: one.value === null ? text('others') : nameOf(one.value) }));
  const legend = [
    ...series.map(({ key, label: name, look }) => ({ key, label: name, look })),
    ...(chart.slots.some(({ expected }) => expected !== undefined) ? [{ key: ' forecast', label: text('forecast'), look: null }] : []),
  ];
  const choose = (from: number, to: number): void => {
    const [begins, ends] = [chart.starts[from], chart.starts[to + 1]];
    if (begins !== undefined) onRange(new Date(begins).toISOString(), ends === undefined ? '' : new Date(ends).toISOString());
  };
  return (
    <div className={css.chart}>
      <Legend entries={legend} />
      <Bars
        label={label}
        slots={chart.slots}
        series={series}
        format={(value) => figureOf(value, metric, format)}
        line={pace}
        {...(range.interval === 'month' ? {} : { onRange: choose })}
      />
    </div>
  );
}
