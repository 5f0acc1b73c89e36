import type { DeltaOutcome, SourceBalance } from '../../../domain/migration/traffic';
import type { Sql } from '../connection/pool';

interface Row {
  readonly known: readonly string[];
  readonly changed: number;
  readonly spent_sum: bigint;
  readonly added_sum: bigint;
}

/** What the source says is left, as entries of the ledger for what has changed. */
export async function book(
  sql: Sql,
  id: string,
  of: 'member' | 'credential',
  rows: readonly SourceBalance[],
  dryRun: boolean,
): Promise<DeltaOutcome> {
  const [row] = await sql.query<Row>('select * from book_deltas($1, $2, $3::text[], $4::bigint[], $5)', [
    id,
    of,
    rows.map(({ legacyId }) => legacyId),
    rows.map(({ leftMicroUsd }) => leftMicroUsd.toString()),
    dryRun,
  ]);
  const { known, changed, spent_sum: spent, added_sum: added } = row ?? { known: [], changed: 0, spent_sum: 0n, added_sum: 0n };
  if (!dryRun) {
    // A key's spending is its owner's too: only balances are summed up.
    await sql.query(
      `update imports set delta_at = now(), updated_at = now(), delta_spent = delta_spent + $2, delta_added = delta_added + $3 where id = $1`,
      of === 'member' ? [id, spent.toString(), added.toString()] : [id, '0', '0'],
    );
  }
  return { known: new Set(known), changed, spentMicroUsd: spent, addedMicroUsd: added };
}
