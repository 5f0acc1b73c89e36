import { asList, asObject, asText, type JsonObject } from '../json-value';
import { facts, table } from '../table';
import { durationText } from './progress';

/** What `POST /v1/campaigns/estimate` answers; only what the CLI reads. */
export interface EstimateObject {
  readonly total: number;
  readonly valid: number;
  readonly invalid: number;
  readonly cost: { readonly estimated: string };
  readonly duration_s: number | null;
  readonly faults_total: number;
  readonly faults: readonly unknown[];
  readonly preview: readonly unknown[];
}

/** Faults that are shown; --json has the first hundred. */
const MOST_FAULTS = 10;

/** Characters of a text that a cell shows. */
const WIDEST_CELL = 60;

/** What would be created, for people: the first items as they would be sent, and what all of them come to. */
export function previewText({ total, invalid, cost, duration_s: seconds, preview }: EstimateObject): string {
  const summary = facts([
    ['items', String(total)],
    ['not valid', invalid === 0 ? null : String(invalid)],
    ['cost', `about ${cost.estimated} USD`],
    ['time', seconds === null ? null : `about ${durationText(seconds)}`],
  ]);
  return preview.length === 0 ? summary : `${table(['key', 'model', 'prompt', 'settings', 'usd'], preview.map(rowOf))}\n\n${summary}`;
}

function rowOf(entry: unknown): readonly string[] {
  const item = asObject(entry) ?? {};
  const settings = Object.entries(asObject(item['output']) ?? {}).map(([name, value]) => `${name}=${String(value)}`);
  const cells = [
    asText(item['key']),
    asText(item['model']),
    promptOf(item),
    settings.join(' '),
    asText(asObject(item['cost'])?.['estimated']),
  ];
  return cells.map((cell) => shortened(cell ?? ''));
}

/** The prompt, or of a chat its last message. */
function promptOf(item: JsonObject): string | null {
  const input = asObject(item['input']) ?? {};
  return asText(input['prompt']) ?? asText(asObject(asList(input['messages']).at(-1))?.['content']);
}

function shortened(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > WIDEST_CELL ? `${line.slice(0, WIDEST_CELL - 1)}…` : line;
}

/** The first faults of items, one a line: `line 812, Title: The cell is empty…`. */
export function faultLines(faults: unknown): readonly string[] {
  return asList(faults)
    .slice(0, MOST_FAULTS)
    .map((entry) => {
      const fault = asObject(entry) ?? {};
      const message = asText(fault['message']) ?? '';
      if (typeof fault['line'] === 'number') {
        const column = asText(fault['column']);
        return `  line ${String(fault['line'])}${column === null || column === '' ? '' : `, ${column}`}: ${message}`;
      }
      const place = [asText(fault['key']), asText(fault['param'])].filter((part) => part !== null).join(', ');
      return `  item ${String(fault['index'])}${place === '' ? '' : ` (${place})`}: ${message}`;
    });
}
