import type { NewCampaignItem } from '../../../domain/campaign/campaign';
import { itemLine, itemOfLine } from '../../../domain/campaign/item-line';
import type { Caller } from '../../../domain/access/caller';
import { AppError } from '../../../domain/errors';
import type { MicroUsd } from '../../../domain/money/money';
import type { ApiContext, Sourcing, UsingTemplates } from '../../deps';
import { bufferLines, type LineBuffer } from '../body/line-buffer';
import type { ItemFault } from './check';
import { inGroups } from './rows';
import type { ItemSource } from './source';
import { surveyItems } from './survey';

/** Most faults that an answer lists. */
const MOST_FAULTS = 100;
/** Items inserted by one statement. */
const BATCH = 100;

/** The items of a campaign, all in order, not stored yet. */
export interface CheckedItems {
  readonly count: number;
  /** Sum of the items' bounds. */
  readonly estimatedMicroUsd: MicroUsd;
  /** One line of `itemLine` each. */
  lines(): AsyncIterable<string>;
  batches(): AsyncIterable<readonly NewCampaignItem[]>;
  /** Makes the images that came as data known. */
  keepMedia(): Promise<void>;
  /** Frees what the check kept; also the images, unless they are known. */
  discard(): Promise<void>;
}

/**
 * The items of a campaign that may be stored: every one is checked and priced.
 * @throws AppError `invalid_campaign_items` with the first faults, `invalid_json`, `missing_required_parameter`, `invalid_value`
 */
export async function checkItems(
  context: Sourcing & UsingTemplates & Pick<ApiContext, 'catalogue' | 'objects' | 'routeState'>,
  caller: Caller,
  defaults: Readonly<Record<string, unknown>>,
  source: ItemSource,
): Promise<CheckedItems> {
  const { items, media } = surveyItems(context, caller, defaults, source);
  const faults: ItemFault[] = [];
  const count = { items: 0, bad: 0, faults: 0 };
  let estimatedMicroUsd: MicroUsd = 0n;

  async function* rows(): AsyncGenerator<string> {
    for await (const checked of items()) {
      count.items += 1;
      if ('item' in checked) {
        estimatedMicroUsd += checked.item.boundMicroUsd;
        if (count.bad === 0) yield itemLine(checked.item);
        continue;
      }
      count.bad += 1;
      count.faults += checked.faults.length;
      faults.push(...checked.faults.slice(0, MOST_FAULTS - faults.length));
    }
  }

  let spool: LineBuffer | null = null;
  try {
    spool = await bufferLines(context.objects, `uploads/${context.newId('up')}/checked.jsonl`, rows());
    if (count.bad > 0) throw faultsError(faults, count);
  } catch (error) {
    await Promise.all([spool?.discard(), media.discard()]);
    throw error;
  }
  const checked = spool;
  return {
    count: count.items,
    estimatedMicroUsd,
    lines: () => checked.lines(),
    async *batches() {
      for await (const lines of inGroups(checked.lines(), BATCH)) yield lines.map(itemOfLine);
    },
    keepMedia: () => media.keep(),
    async discard() {
      await Promise.all([checked.discard(), media.discard()]);
    },
  };
}

function faultsError(
  faults: readonly ItemFault[],
  count: { readonly items: number; readonly bad: number; readonly faults: number },
): AppError {
  const [first] = faults;
  const head = `${count.bad} of ${count.items} items ${count.bad === 1 ? 'is' : 'are'} not valid, so nothing was stored.`;
  const example = first === undefined ? '' : ` ${placeOf(first)}: ${first.message}`;
  const all = count.faults === count.bad ? '' : ` of ${count.faults} faults`;
  const more = count.faults > faults.length ? ` error.details lists the first ${faults.length}${all}.` : ' error.details lists them.';
  return new AppError('invalid_campaign_items', `${head}${example}${more}`, { param: 'items', details: faults });
}

function placeOf({ index, line, column, param }: ItemFault): string {
  if (line === undefined) return `Item ${index}${param === null ? '' : `, ${param}`}`;
  return `Line ${line}${typeof column === 'string' && column !== '' ? `, column "${column}"` : ''}`;
}
