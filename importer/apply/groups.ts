import type { GroupOutcome, RowList, TargetInstallation } from './installation';

/** Rows of one request; the installation takes as many. */
const GROUP = 500;
/** Characters of JSON of one request, well below what the installation takes. */
const MOST_CHARACTERS = 2_000_000;

/** What became of all rows of a list. */
export interface ListOutcome {
  readonly imported: number;
  readonly unchanged: number;
  readonly skipped: readonly GroupOutcome['skipped'][number][];
}

/**
 * Sends rows in groups, in their order, and adds up what became of them. Of skipped rows all are kept: they are the report. While one group is
 * on its way the next is read.
 */
export async function sendRows(
  target: TargetInstallation,
  move: { readonly id: string | null; readonly dryRun: boolean },
  list: RowList,
  rows: AsyncIterable<object>,
): Promise<ListOutcome> {
  const sum = { imported: 0, unchanged: 0, skipped: [] as GroupOutcome['skipped'][number][] };
  let group: object[] = [];
  let characters = 0;
  let sent = Promise.resolve();
  const sendOne = async (sending: readonly object[]): Promise<void> => {
    const { [list]: outcome } = await target.rows(move.id, move.dryRun, { [list]: sending });
    sum.imported += outcome.imported;
    sum.unchanged += outcome.unchanged;
    sum.skipped.push(...outcome.skipped);
  };
  const send = async (): Promise<void> => {
    await sent;
    if (group.length > 0) sent = sendOne(group);
    // Its failure is thrown where it is waited for.
    sent.catch(() => undefined);
    group = [];
    characters = 0;
  };
  for await (const row of rows) {
    const size = JSON.stringify(row).length;
    if (group.length === GROUP || characters + size > MOST_CHARACTERS) await send();
    group.push(row);
    characters += size;
  }
  await send();
  await sent;
  return sum;
}
