import { useQueries, useQueryClient } from '@tanstack/react-query';
import { isOver, ITEMS_AT_ONCE, itemsQuery, type Campaign, type CampaignItem, type ItemStatus } from '../../api/campaigns';
import { useTeam } from '../../api/session';

const POLL_MS = 5_000;

export interface Items {
  /** How many there are by the campaign's counts, loaded or not. */
  readonly count: number;
  /** An item by its place, from 0; undefined: it is not here yet. */
  readonly at: (index: number) => CampaignItem | undefined;
  /** From the first on without a hole. */
  readonly loaded: number;
  readonly error: Error | null;
}

interface Range {
  /** Places from 0, both seen. */
  readonly from: number;
  readonly to: number;
}

/** The items of a campaign as far as they are seen: pages are asked for in turn up to the last one in sight, and only those in sight again. */
export function useItems(campaign: Campaign, status: ItemStatus | null, { from, to }: Range): Items {
  const team = useTeam();
  const client = useQueryClient();
  const query = (after: string | null) => itemsQuery(team, campaign.id, { status, after });
  const pageOf = (after: string | null) => client.getQueryData(query(after).queryKey);

  const [first, last] = [Math.floor(from / ITEMS_AT_ONCE), Math.floor(to / ITEMS_AT_ONCE)];
  const afters: (string | null)[] = [null];
  while (afters.length <= last) {
    const page = pageOf(afters.at(-1) ?? null);
    if (page === undefined || !page.has_more) break;
    afters.push(page.last_id);
  }
  const seen = afters.filter((_, page) => (page >= first && page <= last) || page === afters.length - 1);
  const results = useQueries({
    queries: seen.map((after) => ({ ...query(after), refetchInterval: isOver(campaign) ? (false as const) : POLL_MS })),
  });
  // Read from the results, so that the component is drawn anew when a page comes; pages out of sight are in the cache.
  const fresh = new Map(seen.map((after, index) => [after, results[index]?.data]));
  const pages = afters.map((after) => fresh.get(after) ?? pageOf(after));
  const { counts } = campaign;
  return {
    count: status === null ? counts.total : counts[status],
    at: (index) => pages[Math.floor(index / ITEMS_AT_ONCE)]?.data[index % ITEMS_AT_ONCE],
    loaded: pages.reduce((sum, page) => sum + (page?.data.length ?? 0), 0),
    error: results.find(({ error }) => error !== null)?.error ?? null,
  };
}
