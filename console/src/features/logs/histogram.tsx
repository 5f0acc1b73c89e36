import { useQuery } from '@tanstack/react-query';
import { histogramQuery, type CallFilter } from '../../api/logs';
import { useFormat } from '../../lib/format';
import { useText } from '../../lib/text';
import type words from '../../text/en/logs.json';
import { Bars } from '../../ui/chart/bars';
import { Legend } from '../../ui/chart/legend';
import { Panel } from '../../ui/panel';
import { Skeleton } from '../../ui/states';
import { STEP_MS, type Window } from './window';

/** Of the chart with its heading, in pixels: what is below stays where it is when it comes. */
const HEIGHT = 168;

interface HistogramProps {
  readonly filter: CallFilter;
  readonly window: Window;
  readonly onRange: (from: string, to: string) => void;
}

/** Requests and failures over time; drawing over it looks closer. */
export function Histogram({ filter, window, onRange }: HistogramProps) {
  const text = useText<typeof words>('logs');
  const format = useFormat();
  const { data, isPending } = useQuery({ ...histogramQuery(filter, window.interval), placeholderData: (before) => before });
  if (data === undefined) return isPending ? <Skeleton rows={1} height={HEIGHT} /> : null;
  const step = STEP_MS[window.interval];
  const [end, first] = [window.to === null ? Date.now() : Date.parse(window.to), data[0]];
  // Whole intervals as the API cuts them, which for days are those of the log.
  const offset = first === undefined ? 0 : Date.parse(first.start) % step;
  const start = Math.floor((Date.parse(window.from) - offset) / step) * step + offset;
  const starts = Array.from({ length: Math.max(1, Math.ceil((end - start) / step)) }, (_, index) => start + index * step);
  const at = new Map(data.map((row) => [Date.parse(row.start), row]));
  const requests = data.reduce((sum, row) => sum + row.requests, 0);
  const failed = data.reduce((sum, row) => sum + row.failed, 0);
  const series = [
    { key: 'ok', label: text('fine'), look: 0, values: starts.map((time) => (at.get(time)?.requests ?? 0) - (at.get(time)?.failed ?? 0)) },
    { key: 'failed', label: text('failed'), look: 1, values: starts.map((time) => at.get(time)?.failed ?? 0) },
  ];
  const slots = starts.map((time) => {
    const iso = new Date(time).toISOString();
    const mark = window.interval === 'day' ? format.day(iso) : format.hour(iso);
    return { key: iso, mark, title: window.interval === 'day' ? mark : format.time(iso) };
  });
  return (
    <Panel>
      <Legend entries={series.map(({ key, label, look }) => ({ key, label, look }))} />
      <Bars
        height={140}
        label={text('histogram', { requests: format.number(requests), failed: format.number(failed) })}
        slots={slots}
        series={series}
        format={(value) => format.compact(value)}
        onRange={(from, to) => onRange(new Date(starts[from] ?? start).toISOString(), new Date((starts[to] ?? start) + step).toISOString())}
      />
    </Panel>
  );
}
