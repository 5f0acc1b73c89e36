import { AppError } from '../../../domain/errors';
import type { UsingTemplates } from '../../deps';
import { findVersion } from '../../templates/find';
import type { RawCampaign } from '../body';
import { limitedItems } from '../body/limits';
import type { CampaignBody } from '../schema';
import type { ColumnRules } from '../table/columns';
import { csvRows, type TableRow } from '../table/csv-rows';
import { tableItems } from '../table/items';
import { xlsxRows } from '../table/xlsx/rows';
import { matrixOf } from './matrix';
import type { ItemSource, SourceItem } from './source';

/** The items of a campaign, however they came. @throws AppError for a field that means nothing for items that came so */
export async function openItems(context: UsingTemplates, teamId: number, raw: RawCampaign, body: CampaignBody): Promise<ItemSource> {
  const source = await sourceOf(context, teamId, raw, body);
  if (body.matrix === undefined || body.matrix === null) return source;
  const matrix = matrixOf(body.matrix);
  return { ...source, items: () => limitedItems(matrix.expand(source.items())) };
}

async function sourceOf(context: UsingTemplates, teamId: number, raw: RawCampaign, body: CampaignBody): Promise<ItemSource> {
  refuseOtherFields(raw.form, body);
  if (raw.form === 'json' || raw.form === 'jsonl') {
    return { items: () => jsonItems(raw.items.lines()), whenNoJson: raw.form === 'json' ? 'refuse' : 'fault' };
  }
  const rules = await rulesOf(context, teamId, body);
  return { items: () => limitedItems(tableItems(rowsOf(raw, body), rules)), whenNoJson: 'fault' };
}

/** Which forms a field means something for, and how they are named. */
const OF_FORMS = {
  mapping: { forms: ['csv', 'xlsx'], name: 'a spreadsheet (.csv or .xlsx)' },
  delimiter: { forms: ['csv'], name: 'a CSV file' },
  sheet: { forms: ['xlsx'], name: 'an Excel workbook (.xlsx)' },
} as const;

function refuseOtherFields(form: RawCampaign['form'], body: CampaignBody): void {
  for (const name of ['mapping', 'delimiter', 'sheet'] as const) {
    const { forms, name: what } = OF_FORMS[name];
    if (body[name] === undefined || body[name] === null || forms.some((one) => one === form)) continue;
    throw new AppError('invalid_value', `Invalid ${name}: it belongs to ${what}, sent as a file.`, { param: name });
  }
}

async function* rowsOf({ form, items }: RawCampaign, { delimiter, sheet }: CampaignBody): AsyncGenerator<TableRow> {
  if (form === 'csv') {
    yield* csvRows(pieces(items.lines()), delimiter ?? null);
    return;
  }
  const chunks: Buffer[] = [];
  for await (const line of items.lines()) chunks.push(Buffer.from(line, 'base64'));
  yield* xlsxRows(Buffer.concat(chunks), sheet ?? null);
}

async function* jsonItems(lines: AsyncIterable<string>): AsyncGenerator<SourceItem> {
  for await (const text of lines) yield { own: parseJson(text), text };
}

async function* pieces(lines: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const line of lines) yield JSON.parse(line) as string;
}

async function rulesOf(context: UsingTemplates, teamId: number, { mapping, defaults }: CampaignBody): Promise<ColumnRules> {
  const reference = defaults?.['template'];
  const template = typeof reference === 'string' ? (await findVersion(context, teamId, reference)).body : null;
  const type = defaults?.['type'] ?? template?.type;
  return {
    mapping: mapping ?? {},
    type: type === 'text' || type === 'image' || type === 'video' ? type : null,
    inputs: template?.inputs ?? null,
  };
}

/** undefined: it is no JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
