import type { Campaign, CampaignItemSummary } from '../../../domain/campaign/campaign';
import type { Asset } from '../../../domain/task/task';
import { textOf } from '../../../domain/task/object';
import { inParallel } from '../../../lib/parallel';
import type { ApiContext } from '../../deps';

/** An item with what it has made. */
export interface ResultRow {
  readonly item: CampaignItemSummary;
  /** What a text task answered; null: it made files, or nothing. */
  readonly text: string | null;
}

const PAGE = 100;
/** Answers loaded side by side: each may be large. */
const TEXTS_AT_ONCE = 4;

/** All items of a campaign in order, with their texts; a page is in memory, and a few texts. */
export async function* resultRows(context: Pick<ApiContext, 'campaigns' | 'tasks'>, campaign: Campaign): AsyncGenerator<ResultRow> {
  let after: string | undefined;
  for (;;) {
    const page = await context.campaigns.items({ campaignId: campaign.id, limit: PAGE, ...(after === undefined ? {} : { after }) });
    for (let start = 0; start < page.data.length; start += TEXTS_AT_ONCE) {
      yield* await inParallel(page.data.slice(start, start + TEXTS_AT_ONCE), TEXTS_AT_ONCE, async (item) => ({
        item,
        text: await textFor(context, item),
      }));
    }
    after = page.data.at(-1)?.key;
    if (!page.hasMore || after === undefined) return;
  }
}

async function textFor({ tasks }: Pick<ApiContext, 'tasks'>, item: CampaignItemSummary): Promise<string | null> {
  if (item.type !== 'text' || item.status !== 'succeeded' || item.taskId === null) return null;
  const task = await tasks.get(item.taskId, null);
  return task === null ? null : textOf(task);
}

/** A file of the results: an output, or the text of an item. */
export interface ResultFile {
  readonly item: CampaignItemSummary;
  /** Which of the item's files, from 1. */
  readonly n: number;
  readonly content: { readonly asset: Asset } | { readonly text: string };
}

export function filesOf({ item, text }: ResultRow): readonly ResultFile[] {
  if (text !== null) return [{ item, n: 1, content: { text } }];
  return item.outputs.map((asset, at) => ({ item, n: at + 1, content: { asset } }));
}
