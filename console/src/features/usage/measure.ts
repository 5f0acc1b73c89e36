import type { UsageRow } from '../../api/usage';
import type { Format } from '../../lib/format';

export const METRICS = ['cost', 'requests', 'images', 'video', 'tokens'] as const;
export type Metric = (typeof METRICS)[number];

export const DIMENSIONS = [
  'class',
  'credential',
  'model',
  'project',
  'member',
  'template',
  'campaign',
  'provider',
  'modality',
  'team',
] as const;
export type Dimension = (typeof DIMENSIONS)[number];

type Figures = Omit<UsageRow, 'start'>;

export function measure(row: Figures, metric: Metric): number {
  if (metric === 'cost') return Number(row.cost_usd);
  if (metric === 'requests') return row.requests;
  if (metric === 'images') return row.images;
  if (metric === 'video') return row.video_seconds;
  return row.input_tokens + row.output_tokens;
}

export function figureOf(value: number, metric: Metric, format: Format): string {
  if (metric === 'cost') return format.money(String(Math.round(value * 1e6) / 1e6));
  if (metric === 'video') return format.seconds0(value);
  return format.compact(value);
}

/** The value of a row's dimension; what has none is counted under its own name. */
export const valueOf = (row: UsageRow, dimension: Dimension): string => row[dimension] ?? '';
