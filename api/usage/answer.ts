import type { Response } from 'express';
import { csv, type CsvCell } from '../../domain/csv';
import { formatUsd, type MicroUsd } from '../../domain/money/money';
import { monthEndForecast } from '../../domain/records/forecast';
import { USAGE_DIMENSIONS, type UsageDimension, type UsageFigures, type UsageFilter, type UsageReport } from '../../domain/records/usage';
import { dayIn } from '../../domain/time-zone';
import { given } from '../../lib/given';
import type { ApiContext } from '../deps';
import { sendJson } from '../http/send';
import type { UsageRequest } from './schema';

export type Reporting = Pick<ApiContext, 'usage'>;

/** Rows of one answer: some megabytes. */
const MOST_ROWS = 10_000;
const MOST_CSV_ROWS = 50_000;

/** Answers with the usage that a query asks for, of these teams. */
export async function sendUsage(
  context: Reporting,
  response: Response,
  request: UsageRequest,
  teamIds: readonly number[] | null,
): Promise<void> {
  const { format, interval, from, to, group_by: groupBy = [], time_zone: timeZone, ...names } = request;
  const filter: UsageFilter = { teamIds, names: given(names) };
  const limit = format === 'csv' ? MOST_CSV_ROWS : MOST_ROWS;
  const report = await context.usage.read({ ...filter, interval, groupBy, limit, ...given({ from, to, timeZone }) });
  if (format === 'csv') {
    response.attachment(`usage-${dayIn(report.from, report.timeZone)}.csv`);
    response.setHeader('content-type', 'text/csv; charset=utf-8');
    response.end(usageCsv(report, groupBy));
    return;
  }
  const recent = await context.usage.recentSpending({ ...filter, timeZone: report.timeZone });
  sendJson(response, 200, {
    object: 'list',
    data: report.rows.map((row) => ({ start: row.start.toISOString(), ...row.of, ...figuresObject(row) })),
    first_id: null,
    last_id: null,
    has_more: false,
    from: report.from.toISOString(),
    to: report.to.toISOString(),
    time_zone: report.timeZone,
    total: figuresObject(report.total),
    forecast: { month_end_usd: formatUsd(monthEndForecast(recent)) },
  });
}

function figuresObject(figures: UsageFigures) {
  return {
    requests: figures.requests,
    succeeded: figures.succeeded,
    failed: figures.failed,
    input_tokens: figures.inputTokens,
    output_tokens: figures.outputTokens,
    images: figures.images,
    video_seconds: figures.videoSeconds,
    cost_usd: formatUsd(figures.costMicroUsd),
    provider_cost_usd: formatUsd(figures.providerCostMicroUsd),
  };
}

/** For charge-back: the same rows, with what is left of the price after the provider's. */
function usageCsv({ rows }: UsageReport, groupBy: readonly UsageDimension[]): string {
  const columns = USAGE_DIMENSIONS.filter((name) => groupBy.includes(name));
  const head = ['start', ...columns, 'requests', 'succeeded', 'failed', 'input_tokens', 'output_tokens', 'images', 'video_seconds'];
  return csv([
    [...head, 'cost_usd', 'provider_cost_usd', 'margin_usd'],
    ...rows.map((row): CsvCell[] => [
      row.start.toISOString(),
      ...columns.map((name) => row.of[name] ?? null),
      row.requests,
      row.succeeded,
      row.failed,
      row.inputTokens,
      row.outputTokens,
      row.images,
      row.videoSeconds,
      ...[row.costMicroUsd, row.providerCostMicroUsd, row.costMicroUsd - row.providerCostMicroUsd].map(amount),
    ]),
  ]);
}

/** A number cell: spreadsheets add them up. */
function amount(micro: MicroUsd): number {
  return Number(formatUsd(micro));
}
