import { asList, asObject, asText } from '../json-value';
import { facts } from '../table';
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
}

/** Faults that are shown; --json has the first hundred. */
const MOST_FAULTS = 10;

/** What would be created, for people. */
export function previewText({ total, invalid, cost, duration_s: seconds }: EstimateObject): string {
  return facts([
    ['items', String(total)],
    ['not valid', invalid === 0 ? null : String(invalid)],
    ['cost', `about ${cost.estimated} USD`],
    ['time', seconds === null ? null : `about ${durationText(seconds)}`],
  ]);
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
