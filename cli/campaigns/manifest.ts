import { csv, type CsvCell } from '../../domain/csv';
import type { StoredFile } from '../tasks/task-object';
import type { ItemObject } from './campaign-object';

/** A file of an item, as the manifest names it. */
export interface SavedFile extends StoredFile {
  /** Relative to the manifest. */
  readonly path: string;
}

/** An item and what became of it: a line of manifest.jsonl. */
export interface ManifestRow extends Pick<ItemObject, 'index' | 'key' | 'status' | 'task_id' | 'error' | 'missing_outputs'> {
  readonly files: readonly SavedFile[];
}

/** One JSON object a line. */
export function manifestJsonl(rows: readonly ManifestRow[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
}

const COLUMNS = [
  'index',
  'key',
  'status',
  'file',
  'content_type',
  'width',
  'height',
  'duration_s',
  'bytes',
  'sha256',
  'task_id',
  'error_code',
  'error_message',
];

/** A line for each file, and one for each item without. */
export function manifestCsv(rows: readonly ManifestRow[]): string {
  const lines = rows.flatMap((row) => (row.files.length === 0 ? [lineOf(row, null)] : row.files.map((file) => lineOf(row, file))));
  return csv([COLUMNS, ...lines]);
}

function lineOf({ index, key, status, task_id: taskId, error }: ManifestRow, file: SavedFile | null): readonly CsvCell[] {
  const facts =
    file === null
      ? [null, null, null, null, null, null, null]
      : [file.path, file.content_type, file.width, file.height, file.duration_s, file.bytes, file.sha256];
  return [index, key, status, ...facts, taskId, error?.code ?? null, error?.message ?? null];
}
