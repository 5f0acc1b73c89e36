import { AppError } from '../../../domain/errors';

const MIB = 1024 * 1024;

/** What one upload of a campaign may hold. */
export const CAMPAIGN_LIMITS = {
  /** The whole body, in bytes. */
  maxTotalBytes: 256 * MIB,
  /** The campaign without its items, in bytes. */
  maxCampaignBytes: MIB,
  /** One item as text, in bytes: a few images as data. */
  maxItemBytes: 32 * MIB,
  /** The items as a field of a form, which is in memory as a whole; a file is not. */
  maxFieldBytes: 80 * MIB,
  /** A workbook (.xlsx), which is in memory as a whole while it is read. */
  maxWorkbookBytes: 16 * MIB,
  maxItems: 100_000,
} as const;

/** The same items, up to the most that a campaign may have. @throws AppError `request_too_large` */
export async function* limitedItems<Item>(items: AsyncIterable<Item>): AsyncGenerator<Item> {
  let count = 0;
  for await (const item of items) {
    count += 1;
    if (count > CAMPAIGN_LIMITS.maxItems) throw tooManyItems();
    yield item;
  }
}

export function tooManyItems(): AppError {
  return new AppError('request_too_large', `A campaign has at most ${CAMPAIGN_LIMITS.maxItems} items. Split it.`, { param: 'items' });
}
