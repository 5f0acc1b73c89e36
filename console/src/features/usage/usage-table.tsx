import type { Usage, UsageRow } from '../../api/usage';
import { useFormat } from '../../lib/format';
import { useText } from '../../lib/text';
import type words from '../../text/en/usage.json';
import { Table, type TableColumn } from '../../ui/table';
import { DIMENSIONS, figureOf, measure, valueOf, type Dimension, type Metric } from './measure';
import css from './usage.module.css';
import { useValueName } from './use-value-name';

interface UsageTableProps {
  /** Of the whole time, by the dimension. */
  readonly usage: Usage;
  readonly dimension: Dimension;
  readonly metric: Metric;
  /** Shows only this value from now on; absent where it is shown already. */
  readonly onPick: ((value: string) => void) | null;
}

/** The figures behind the chart, the greatest first, with the share of each. */
export function UsageTable({ usage, dimension, metric, onPick }: UsageTableProps) {
  const text = useText<typeof words>('usage');
  const format = useFormat();
  const nameOf = useValueName(dimension);
  const whole = measure(usage.total, metric);
  const rows = [...usage.data].sort((a, b) => measure(b, metric) - measure(a, metric));
  const dash = (value: number, shown: string): string => (value === 0 ? '–' : shown);
  const columns: readonly TableColumn<UsageRow>[] = [
    {
      key: 'name',
      name: text(`dimensions.${DIMENSIONS.find((one) => one === dimension) ?? 'class'}`),
      cell: (row) => {
        const value = valueOf(row, dimension);
        if (onPick === null || value === '') return <strong>{nameOf(value)}</strong>;
        return (
          <button type="button" className={css.pick} aria-label={text('only', { name: nameOf(value) })} onClick={() => onPick(value)}>
            {nameOf(value)}
          </button>
        );
      },
    },
    { key: 'requests', name: text('metrics.requests'), isFigure: true, cell: ({ requests }) => format.number(requests) },
    {
      key: 'succeeded',
      name: text('succeeded'),
      isFigure: true,
      cell: ({ requests, succeeded }) => (requests === 0 ? '–' : format.percent1(succeeded / requests)),
    },
    { key: 'images', name: text('metrics.images'), isFigure: true, cell: ({ images }) => dash(images, format.number(images)) },
    { key: 'video', name: text('metrics.video'), isFigure: true, cell: ({ video_seconds: video }) => dash(video, format.seconds0(video)) },
    {
      key: 'tokens',
      name: text('metrics.tokens'),
      isFigure: true,
      cell: (row) => dash(measure(row, 'tokens'), figureOf(measure(row, 'tokens'), 'tokens', format)),
    },
    { key: 'cost', name: text('metrics.cost'), isFigure: true, cell: ({ cost_usd: cost }) => <strong>{format.money(cost)}</strong> },
    {
      key: 'share',
      name: text('share'),
      cell: (row) => {
        const share = whole === 0 ? 0 : measure(row, metric) / whole;
        return (
          <span className={css.share}>
            <span className={css.bar} style={{ width: `${Math.round(share * 84)}px` }} /> {format.percent(share)}
          </span>
        );
      },
    },
  ];
  return <Table label={text('table')} columns={columns} rows={rows} keyOf={(row) => valueOf(row, dimension)} />;
}
