import { useQueries, useQueryClient } from '@tanstack/react-query';
import { hasEnded, isOver, ITEMS_AT_ONCE, itemsQuery, type Campaign, type CampaignItem, type ItemStatus } from '../../api/campaigns';
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

/** One page of items: after a key, or by its place when nothing is filtered. */
interface Page {
  readonly after: string | null;
  readonly from?: number;
}

/**
 * The items of a campaign as far as they are seen. Without a filter a page is asked for by its place, so that the wall jumps anywhere; with one
 * nobody knows the places, and pages are asked for in turn. Only those in sight are asked for again.
 */
export function useItems(campaign: Campaign, status: ItemStatus | null, { from, to }: Range): Items {
  const team = useTeam();
  const client = useQueryClient();
  const { counts } = campaign;
  const query = (page: Page) => itemsQuery(team, campaign.id, { status, ...page });
  const pageOf = (page: Page) => client.getQueryData(query(page).queryKey);

  const [first, last] = [Math.floor(from / ITEMS_AT_ONCE), Math.floor(to / ITEMS_AT_ONCE)];
  const all = status === null ? pagesByPlace(Math.min(last, Math.ceil(counts.total / ITEMS_AT_ONCE) - 1)) : pagesInTurn();
  const isSeen = (_: Page, index: number): boolean => (index >= first && index <= last) || (status !== null && index === all.length - 1);
  const seen = all.filter(isSeen);
  const results = useQueries({
    queries: seen.map((page) => ({
      ...query(page),
      // A page that was read before the campaign ended is read once more.
      refetchInterval: ({ state }: { readonly state: { readonly data?: { readonly data: readonly CampaignItem[] } | undefined } }) =>
        isOver(campaign) && state.data?.data.every(hasEnded) === true ? (false as const) : POLL_MS,
    })),
  });
  // Read from the results, so that the component is drawn anew when a page comes; pages out of sight are in the cache.
  const fresh = new Map(seen.map((page, index) => [page, results[index]?.data]));
  const pages = all.map((page) => fresh.get(page) ?? pageOf(page));
  const hole = pages.indexOf(undefined);
  return {
    count: status === null ? counts.total : counts[status],
    at: (index) => pages[Math.floor(index / ITEMS_AT_ONCE)]?.data[index % ITEMS_AT_ONCE],
    loaded: pages.slice(0, hole < 0 ? undefined : hole).reduce((sum, page) => sum + (page?.data.length ?? 0), 0),
    error: results.find(({ error }) => error !== null)?.error ?? null,
  };

  function pagesInTurn(): readonly Page[] {
    const found: Page[] = [{ after: null }];
    while (found.length <= last) {
      const page = pageOf(found.at(-1) ?? { after: null });
      if (page === undefined || !page.has_more) break;
      found.push({ after: page.last_id });
    }
    return found;
  }
}

const pagesByPlace = (last: number): readonly Page[] =>
  Array.from({ length: Math.max(1, last + 1) }, (_, index) =>
    index === 0 ? { after: null } : { after: null, from: index * ITEMS_AT_ONCE + 1 },
  );
