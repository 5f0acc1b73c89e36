import type { LegacySource, Progress } from '../../domain/migration/source';
import type { Decimal } from '../decimal';
import type { PlanSink, TableFate } from './plan';

/** What the parts of a plan have in common while it is made. */
export interface Building {
  readonly source: LegacySource;
  readonly options: ReadonlyMap<string, string>;
  readonly perUsd: Decimal;
  readonly sink: PlanSink;
  readonly progress: Progress;
  /** Teams by legacy group; a group that is first met in a row is added. */
  readonly teamOf: (group: string) => string;
  /** Notes a row of a table: it comes along, or why it doesn't. */
  readonly take: (table: string) => void;
  readonly leave: (table: string, entity: string, id: number, reason: string, detail?: string) => void;
  /** Notes rows that stay behind together. */
  readonly leaveAll: (table: string, entity: string, count: number, reason: string) => void;
}

/** Counts the rows of tables. */
export function createFates(): {
  add(table: string, what: 'imported' | 'skipped', count: number): void;
  of(table: string, rows: number): TableFate;
} {
  const counts = new Map<string, { imported: number; skipped: number }>();
  return {
    add(table, what, count) {
      const fate = counts.get(table) ?? { imported: 0, skipped: 0 };
      fate[what] += count;
      counts.set(table, fate);
    },
    of: (table, rows) => ({ rows, ...(counts.get(table) ?? { imported: 0, skipped: 0 }) }),
  };
}
