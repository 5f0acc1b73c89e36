import type { Modality } from '../../../domain/provider/catalogue';
import { valueOfText } from '../../../domain/template/inputs';
import type { SourceItem, SourceRow } from '../items/source';
import { putAt } from '../path';
import { cellOf, inputCellOf } from './cells';
import { columnsOf, type Column, type ColumnRules } from './columns';
import type { TableRow } from './csv-rows';
import { tableFault } from './fault';
import { kindsAt, type CellKind } from './targets';

const MEDIA: readonly (string | number | undefined)[] = ['images', 'video'];

/**
 * The items of a table whose first row names the columns.
 * @throws AppError `invalid_campaign_items` for a table without rows, and for columns that items don't have
 */
export async function* tableItems(rows: AsyncIterable<TableRow>, rules: ColumnRules): AsyncGenerator<SourceItem> {
  let columns: readonly Column[] | null = null;
  let width = 0;
  let count = 0;
  const kinds = rememberedKinds();
  for await (const row of rows) {
    const { line, cells } = row;
    if (columns === null) {
      columns = columnsOf(cells, line, rules);
      width = cells.length;
      continue;
    }
    count += 1;
    yield itemOf(row, columns, width, { type: rules.type, inputs: rules.inputs, kinds });
  }
  if (columns === null) throw tableFault({ line: null, message: 'The file is empty.' });
  if (count === 0) throw tableFault({ line: null, message: 'The file names its columns and has no rows below them.' });
}

function itemOf(
  { line, cells, bad }: TableRow,
  columns: readonly Column[],
  width: number,
  { type: usual, inputs, kinds }: Places,
): SourceItem {
  const own: Record<string, unknown> = {};
  const faults: SourceRow['faults'][number][] = [];
  const type = typeOf(cells, columns) ?? usual;
  for (const { title, position, target, path } of columns) {
    const text = cells[position] ?? '';
    const reason = bad?.get(position);
    if (reason !== undefined) {
      faults.push({ column: title, param: target, message: reason });
      continue;
    }
    // The fault of a prompt that is missing names the prompt.
    if (text.trim() === '' && path[0] === 'input' && own['input'] === undefined) own['input'] = {};
    if (text.trim() === '') continue;
    const input = path[0] === 'inputs' && inputs !== null ? inputs[String(path[1])] : undefined;
    const isText = type === null || target === 'key' || target === 'template';
    const cell =
      input === undefined
        ? cellOf(text, isText ? TEXT : kinds(type, { target, path }), isMedia(path))
        : inputCellOf(text, (value) => valueOfText(input, value));
    if ('fault' in cell) faults.push({ column: title, param: target, message: cell.fault });
    else putAt(own, path, cell.value);
  }
  const more = cells.slice(width).find((cell) => cell.trim() !== '');
  if (more !== undefined) {
    const message = `The row has ${cells.length} cells and the first line names ${width} columns. Perhaps a cell with a delimiter lacks its quotes.`;
    faults.push({ column: '', param: '', message });
  }
  return { own, text: JSON.stringify(own), row: { line, faults, columnOf: (param) => columnOf(columns, param) } };
}

interface Places {
  readonly type: Modality | null;
  readonly inputs: ColumnRules['inputs'];
  readonly kinds: (type: Modality, column: Pick<Column, 'target' | 'path'>) => ReadonlySet<CellKind>;
}

/** Every row asks the same. */
function rememberedKinds(): Places['kinds'] {
  const known = new Map<string, ReadonlySet<CellKind>>();
  return (type, { target, path }) => {
    const name = `${type} ${target}`;
    const kinds = known.get(name) ?? kindsAt(type, path);
    known.set(name, kinds);
    return kinds;
  };
}

const TEXT: ReadonlySet<CellKind> = new Set<CellKind>(['string']);

function typeOf(cells: readonly string[], columns: readonly Column[]): Modality | null {
  const column = columns.find(({ target }) => target === 'type');
  const text = column === undefined ? undefined : cells[column.position]?.trim();
  return text === 'text' || text === 'image' || text === 'video' ? text : null;
}

function isMedia(path: Column['path']): boolean {
  return path[0] === 'input' && MEDIA.includes(path[1]) && (path.length === 2 || (path.length === 3 && typeof path[2] === 'number'));
}

/** The column of the parameter itself, of what it is a part of, or the only one that is a part of it. */
function columnOf(columns: readonly Column[], param: string): string | null {
  const around = columns.find(({ target }) => target === param || param.startsWith(`${target}.`) || param.startsWith(`${target}[`));
  if (around !== undefined) return around.title;
  const inside = columns.filter(({ target }) => target.startsWith(`${param}.`));
  return inside.length === 1 ? (inside[0]?.title ?? null) : null;
}
