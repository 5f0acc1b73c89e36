import { setImmediate as turn } from 'node:timers/promises';
import type { NewCampaignItem } from '../../../domain/campaign/campaign';
import type { Caller } from '../../../domain/access/caller';
import { AppError } from '../../../domain/errors';
import type { ApiContext, Sourcing, UsingTemplates } from '../../deps';
import type { RawCampaign } from '../body';
import { bufferLines, type LineBuffer } from '../body/line-buffer';
import { createItemChecker, type ItemFault } from './check';
import { createItemMedia } from './media-context';
import { inGroups, itemOf, rowOf } from './rows';

/** Most faults that an answer lists. */
const MOST_FAULTS = 100;
/** Items checked side by side; a handful, for the few that wait for a name server or the object store. */
const SIDE_BY_SIDE = 16;
/** Items inserted by one statement. */
const BATCH = 100;

/** The items of a campaign, all in order, not stored yet. */
export interface CheckedItems {
  batches(): AsyncIterable<readonly NewCampaignItem[]>;
  /** Makes the images that came as data known. */
  keepMedia(): Promise<void>;
  /** Frees what the check kept; also the images, unless they are known. */
  discard(): Promise<void>;
}

/**
 * Checks every item and prices it. Memory holds a few items and the keys, however many there are.
 * @throws AppError `invalid_campaign_items` with the first faults, `invalid_json`, `missing_required_parameter`, `invalid_value`
 */
export async function checkItems(
  context: Sourcing & UsingTemplates & Pick<ApiContext, 'catalogue' | 'objects' | 'routeState'>,
  caller: Caller,
  defaults: Readonly<Record<string, unknown>>,
  raw: RawCampaign,
): Promise<CheckedItems> {
  const media = createItemMedia(context);
  const checker = createItemChecker({ ...context, ...media.parts }, caller, defaults, raw.form === 'json' ? 'refuse' : 'fault');
  const faults: ItemFault[] = [];
  let faultCount = 0;

  async function* rows(): AsyncGenerator<string> {
    for await (const lines of inGroups(raw.items.lines(), SIDE_BY_SIDE)) {
      for (const checked of await Promise.all(lines.map((line) => checker.next(line)))) {
        if ('item' in checked) {
          if (faultCount === 0) yield rowOf(checked.item);
          continue;
        }
        faultCount += 1;
        if (faults.length < MOST_FAULTS) faults.push(checked.fault);
      }
      // Others are served between two groups.
      await turn();
    }
  }

  let spool: LineBuffer | null = null;
  try {
    spool = await bufferLines(context.objects, `uploads/${context.newId('up')}/checked.jsonl`, rows());
    if (faultCount > 0) throw faultsError(faults, faultCount, raw.items.count);
  } catch (error) {
    await Promise.all([spool?.discard(), media.discard()]);
    throw error;
  }
  const checked = spool;
  return {
    async *batches() {
      for await (const lines of inGroups(checked.lines(), BATCH)) yield lines.map(itemOf);
    },
    keepMedia: () => media.keep(),
    async discard() {
      await Promise.all([checked.discard(), media.discard()]);
    },
  };
}

function faultsError(faults: readonly ItemFault[], count: number, total: number): AppError {
  const [first] = faults;
  const head = `${count} of ${total} items ${count === 1 ? 'is' : 'are'} not valid, so nothing was stored.`;
  const example = first === undefined ? '' : ` Item ${first.index}${first.param === null ? '' : `, ${first.param}`}: ${first.message}`;
  const more = count > faults.length ? ` error.details lists the first ${faults.length}.` : ' error.details lists them.';
  return new AppError('invalid_campaign_items', `${head}${example}${more}`, { param: 'items', details: faults });
}
