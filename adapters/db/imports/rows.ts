import type { ImportOutcome } from '../../../domain/migration/import';
import type { Sql } from '../connection/pool';

export type Entity = 'team' | 'provider' | 'model' | 'member' | 'credential';

/** The move that a group belongs to, and whether it is only tried. */
export interface Move {
  readonly id: string;
  readonly dryRun: boolean;
}

export interface KnownRow {
  readonly legacy_id: string;
  readonly object: string;
  readonly amount: bigint | null;
}

/** What became of rows of the source at an earlier time, by legacy id. */
export async function knownRows(
  sql: Sql,
  id: string,
  entity: Entity,
  legacyIds: readonly string[],
): Promise<ReadonlyMap<string, KnownRow>> {
  const rows = await sql.query<KnownRow>(
    'select legacy_id, object, amount from imported_rows where import_id = $1 and entity = $2 and legacy_id = any($3::text[])',
    [id, entity, legacyIds],
  );
  return new Map(rows.map((row) => [row.legacy_id, row]));
}

export interface NewRow {
  readonly legacyId: string;
  readonly object: string;
  readonly amount: bigint | null;
  /** Of a member. */
  readonly teamId?: number;
  /** What the source said is left, where it is not `amount`. */
  readonly atSource?: bigint | undefined;
  /** What the source said of it beside that. */
  readonly sourceState?: string | undefined;
}

export async function noteRows(sql: Sql, id: string, entity: Entity, rows: readonly NewRow[]): Promise<void> {
  await sql.query(
    `insert into imported_rows (import_id, entity, legacy_id, object, amount, team_id, last_amount, source_state)
     select $1, $2, * from unnest($3::text[], $4::text[], $5::bigint[], $6::int[], $7::bigint[], $8::text[]) on conflict do nothing`,
    [
      id,
      entity,
      rows.map(({ legacyId }) => legacyId),
      rows.map(({ object }) => object),
      rows.map(({ amount }) => amount?.toString() ?? null),
      rows.map(({ teamId }) => teamId ?? null),
      rows.map(({ atSource }) => atSource?.toString() ?? null),
      rows.map(({ sourceState }) => sourceState ?? null),
    ],
  );
}

export interface NamedTeam {
  readonly id: number;
  readonly name: string;
  readonly price_factor: string;
}

/** Teams that are not switched off, by name. */
export async function teamsNamed(sql: Sql, names: readonly string[]): Promise<ReadonlyMap<string, NamedTeam>> {
  const rows = await sql.query<NamedTeam>('select id, name, price_factor::text from teams where name = any($1::text[]) and enabled', [
    [...new Set(names)],
  ]);
  return new Map(rows.map((row) => [row.name, row]));
}

export function outcomeOf(rows: readonly unknown[], unchanged: number, skipped: ImportOutcome['skipped']): ImportOutcome {
  return { imported: rows.length - unchanged - skipped.length, unchanged, skipped };
}
