import type { ApiClient } from './http/client';

/** A page of a list, as the API answers it. */
export interface Page<Thing> {
  readonly object: 'list';
  readonly data: readonly Thing[];
  readonly first_id: string | null;
  readonly last_id: string | null;
  readonly has_more: boolean;
}

/** The API's largest page. */
const PAGE = 100;

/** A list of the API from page to page. */
export interface ListRequest {
  readonly path: string;
  readonly query: Readonly<Record<string, string | undefined>>;
  /** What `after` takes of the last one. */
  readonly cursorOf: (thing: never) => string;
  readonly signal?: AbortSignal;
}

/** Each page of a list, of at most `limit` things in all. */
export async function* pagesOf<Thing>(
  client: ApiClient,
  list: Omit<ListRequest, 'cursorOf'> & { readonly cursorOf: (thing: Thing) => string },
  limit: number,
): AsyncGenerator<Page<Thing>> {
  let after = list.query['after'];
  for (let left = limit; left > 0;) {
    const query = { ...list.query, limit: String(Math.min(PAGE, left)), after };
    const page = (await client.call({
      path: list.path,
      query,
      ...(list.signal === undefined ? {} : { signal: list.signal }),
    })) as Page<Thing>;
    yield page;
    const last = page.data.at(-1);
    if (!page.has_more || last === undefined) return;
    after = list.cursorOf(last);
    left -= page.data.length;
  }
}

/** More than anybody reads at a terminal, so that a list that never ends does not run for ever. */
const ALL = 100_000;

/** The whole list as one page. */
export function readAll<Thing>(
  client: ApiClient,
  list: Omit<ListRequest, 'cursorOf'> & { readonly cursorOf: (thing: Thing) => string },
): Promise<Page<Thing>> {
  return readPages<Thing>(client, list, ALL);
}

/** At most `limit` of them as one page. */
export async function readPages<Thing>(...list: Parameters<typeof pagesOf<Thing>>): Promise<Page<Thing>> {
  const data: Thing[] = [];
  let last: Page<Thing> | null = null;
  let firstId: string | null = null;
  for await (const page of pagesOf(...list)) {
    firstId ??= page.first_id;
    data.push(...page.data);
    last = page;
  }
  return { object: 'list', data, first_id: firstId, last_id: last?.last_id ?? null, has_more: last?.has_more ?? false };
}
