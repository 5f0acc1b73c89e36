import { asList, asObject, asText, type JsonObject } from '../json-value';
import { table } from '../table';

const FIGURES = [
  ['REQUESTS', 'requests'],
  ['FAILED', 'failed'],
  ['TOKENS IN', 'input_tokens'],
  ['TOKENS OUT', 'output_tokens'],
  ['IMAGES', 'images'],
  ['VIDEO S', 'video_seconds'],
  ['COST USD', 'cost_usd'],
  ['PROVIDER USD', 'provider_cost_usd'],
] as const;

/** How much of an interval's start is worth telling: "2026-11-30 09:00". */
const START_LENGTH = { hour: 16, day: 10, month: 7 } as const;

/** Usage for people: its rows, their total and the forecast. */
export function usageText(answer: JsonObject, interval: string, by: readonly string[]): string {
  const rows = asList(answer['data']).map((row) => asObject(row) ?? {});
  const total = asObject(answer['total']) ?? {};
  const zone = asText(answer['time_zone']) ?? 'UTC';
  const place = (time: unknown): string => localTime(asText(time) ?? '', zone);
  const length = interval in START_LENGTH ? START_LENGTH[interval as keyof typeof START_LENGTH] : null;
  const head = [...(length === null ? [] : [interval.toUpperCase()]), ...by.map((name) => name.toUpperCase())];
  const label = (cells: readonly string[]): readonly string[] => (head.length === 0 ? [] : ['TOTAL', ...cells.slice(1).map(() => '')]);
  const keysOf = (row: JsonObject): readonly string[] => [
    ...(length === null ? [] : [place(row['start']).slice(0, length)]),
    ...by.map((name) => asText(row[name]) ?? '-'),
  ];
  const figuresOf = (row: JsonObject): readonly string[] => FIGURES.map(([, name]) => figure(row[name]));
  const lines = head.length === 0 ? [] : rows.map((row) => [...keysOf(row), ...figuresOf(row)]);
  const forecast = asText(asObject(answer['forecast'])?.['month_end_usd']);
  return [
    `From ${place(answer['from'])} to ${place(answer['to'])} (${zone}).`,
    '',
    table([...head, ...FIGURES.map(([name]) => name)], [...lines, [...label(head), ...figuresOf(total)]]),
    ...(forecast === null ? [] : ['', `Forecast for the whole of the current month: ${forecast} USD.`]),
  ].join('\n');
}

/** "2026-11-30 09:00" as the clocks of the zone show it. */
function localTime(time: string, timeZone: string): string {
  const at = new Date(time);
  if (Number.isNaN(at.getTime())) return time;
  return new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' }).format(at);
}

function figure(value: unknown): string {
  return typeof value === 'number' ? String(value) : (asText(value) ?? '');
}
