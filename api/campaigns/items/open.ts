import { AppError } from '../../../domain/errors';
import type { RawCampaign } from '../body';
import { limitedItems } from '../body/limits';
import type { CampaignBody } from '../schema';
import type { ColumnRules } from '../table/columns';
import { csvRows } from '../table/csv-rows';
import { tableItems } from '../table/items';
import { matrixOf } from './matrix';
import type { ItemSource, SourceItem } from './source';

/** The items of a campaign, however they came. @throws AppError for a field that means nothing for items that came so */
export function openItems(raw: RawCampaign, body: CampaignBody): ItemSource {
  const source = sourceOf(raw, body);
  if (body.matrix === undefined || body.matrix === null) return source;
  const matrix = matrixOf(body.matrix);
  return { ...source, items: () => limitedItems(matrix.expand(source.items())) };
}

function sourceOf(raw: RawCampaign, body: CampaignBody): ItemSource {
  if (raw.form !== 'csv') {
    refuseTableFields(body);
    return { items: () => jsonItems(raw.items.lines()), whenNoJson: raw.form === 'json' ? 'refuse' : 'fault' };
  }
  const rules = rulesOf(body);
  return { items: () => limitedItems(tableItems(csvRows(pieces(raw.items.lines()), body.delimiter ?? null), rules)), whenNoJson: 'fault' };
}

function refuseTableFields({ mapping, delimiter }: CampaignBody): void {
  for (const [name, value] of Object.entries({ mapping, delimiter })) {
    if (value === undefined || value === null) continue;
    throw new AppError('invalid_value', `Invalid ${name}: the items are no spreadsheet. Send them as a file that ends in .csv.`, {
      param: name,
    });
  }
}

async function* jsonItems(lines: AsyncIterable<string>): AsyncGenerator<SourceItem> {
  for await (const text of lines) yield { own: parseJson(text), text };
}

async function* pieces(lines: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const line of lines) yield JSON.parse(line) as string;
}

function rulesOf({ mapping, defaults }: CampaignBody): ColumnRules {
  const type = defaults?.['type'];
  return { mapping: mapping ?? {}, type: type === 'text' || type === 'image' || type === 'video' ? type : null, inputs: [] };
}

/** undefined: it is no JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
