import type { Modality } from '../../../domain/provider/catalogue';
import type { TemplateInputs } from '../../../domain/template/template';
import { closeNames } from '../../../lib/close-names';
import { pathOf, type Path } from '../path';
import { tableFault, type TableFault } from './fault';
import { columnNames, kindsAt } from './targets';

/** A column whose cells go into items. */
export interface Column {
  /** As the file has it. */
  readonly title: string;
  /** From 0. */
  readonly position: number;
  /** As users write it: "output.seed". */
  readonly target: string;
  readonly path: Path;
}

/** What decides about columns beside the file. */
export interface ColumnRules {
  /** From titles to places; null: the column is left out. */
  readonly mapping: Readonly<Record<string, string | null>>;
  /** The type that items have by the defaults; null: each says. */
  readonly type: Modality | null;
  /** Inputs of the template that all items use, whose names may stand for `inputs.<name>`; null: there is no such template. */
  readonly inputs: TemplateInputs | null;
}

const TYPES: readonly Modality[] = ['text', 'image', 'video'];
const MOST_NAMED = 40;
const MOST_SHOWN = 100;

/**
 * The columns of a header.
 * @throws AppError `invalid_campaign_items` naming every column that is unknown, empty or there twice
 */
export function columnsOf(header: readonly string[], line: number, rules: ColumnRules): readonly Column[] {
  const faults: TableFault[] = [];
  const columns: Column[] = [];
  const mapping = new Map(Object.entries(rules.mapping));
  const titles = header.map((cell) => cell.trim());
  for (const [position, title] of titles.entries()) {
    if (title === '') continue;
    const target = mapping.has(title) ? mapping.get(title) : nameOf(title, rules);
    if (target === null || target === undefined) continue;
    const place = placeOf(target, rules);
    const earlier = columns.find((column) => column.target === target);
    if (place === null) faults.push({ line, column: title.slice(0, MOST_SHOWN), message: unknownColumn(title, target, rules) });
    else if (earlier === undefined) columns.push({ title, position, target, path: place });
    else
      faults.push({
        line,
        column: title.slice(0, MOST_SHOWN),
        message: `The column ${quoted(title)} gives ${target}, as the column ${quoted(earlier.title)} does.`,
      });
  }
  for (const title of mapping.keys()) {
    if (titles.includes(title)) continue;
    const near = closeNames(
      title,
      titles.filter((one) => one !== ''),
    );
    const hint =
      near.length === 0
        ? `The file has ${titles.slice(0, MOST_NAMED).map(quoted).join(', ')}.`
        : `Did you mean ${near.map(quoted).join(' or ')}?`;
    faults.push({
      line,
      column: title.slice(0, MOST_SHOWN),
      message: `The mapping names the column ${quoted(title)}, which the file has not. ${hint}`,
    });
  }
  const [first, ...others] = faults;
  if (first !== undefined) throw tableFault(first, ...others);
  if (columns.length === 0) throw tableFault({ line, message: `The first line must name the columns, such as key and input.prompt.` });
  return columns;
}

/** What a title means without a mapping. */
function nameOf(title: string, { inputs }: ColumnRules): string {
  return inputs !== null && Object.hasOwn(inputs, title) ? `inputs.${title}` : title;
}

/** The place that a name means; null: items have no such place. */
function placeOf(name: string, rules: ColumnRules): Path | null {
  if (name === 'key') return ['key'];
  const path = pathOf(name);
  if (path === null) return null;
  if (name === 'template') return path;
  if (path[0] === 'inputs' && path.length === 2) return rules.inputs === null || Object.hasOwn(rules.inputs, String(path[1])) ? path : null;
  return typesOf(rules).some((type) => kindsAt(type, path).size > 0) ? path : null;
}

function typesOf({ type }: ColumnRules): readonly Modality[] {
  return type === null ? TYPES : [type];
}

function unknownColumn(title: string, target: string, rules: ColumnRules): string {
  const known = [...new Set([...Object.keys(rules.inputs ?? {}), ...typesOf(rules).flatMap(columnNames)])];
  const near = closeNames(target, known);
  const named = target === title ? '' : ` (mapped to ${quoted(target)})`;
  const hint = near.length === 0 ? `Known are ${known.slice(0, MOST_NAMED).join(', ')}.` : `Did you mean ${near.join(' or ')}?`;
  return `Unknown column ${quoted(title)}${named}. ${hint} A mapping gives a column another name, or null to leave it out.`;
}

function quoted(text: string): string {
  return JSON.stringify(text.slice(0, MOST_SHOWN));
}
