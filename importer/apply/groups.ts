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

/** Sends rows in groups, in their order, and adds up what became of them. Of skipped rows all are kept: they are the report. */
export async function sendRows(
  target: TargetInstallation,
  move: { readonly id: string | null; readonly dryRun: boolean },
  list: RowList,
  rows: AsyncIterable<object>,
): Promise<ListOutcome> {
  const sum = { imported: 0, unchanged: 0, skipped: [] as GroupOutcome['skipped'][number][] };
  let group: object[] = [];
  let characters = 0;
  const send = async (): Promise<void> => {
    if (group.length === 0) return;
    const { [list]: outcome } = await target.rows(move.id, move.dryRun, { [list]: group });
    sum.imported += outcome.imported;
    sum.unchanged += outcome.unchanged;
    sum.skipped.push(...outcome.skipped);
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
  return sum;
}
