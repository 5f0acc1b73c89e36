import type { CellKind } from './targets';

/** What a cell holds; or why it can't be that. */
export type Cell = { readonly value: unknown } | { readonly fault: string };

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d{1,3})?$/i;
const TRUE = ['true', 'yes', 'y', '1', 'wahr', 'ja', 'oui', '是', '真'];
const FALSE = ['false', 'no', 'n', '0', 'falsch', 'nein', 'non', '否', '假'];
const MOST_SHOWN = 60;
/** Our own CSV files put a quote before what a spreadsheet would run. */
const NEUTRALISED = /^'(?=[=+\-@\t\r\uff1d\uff0b\uff0d\uff20])/;
/** An image or a video by its address or its id. */
const SOURCE = /^(https?:\/\/\S+|data:\S+|asset_\w+)$/i;

/**
 * The value of a cell at a place that holds these kinds. Text is kept as it is; a list is written as JSON, or as one entry a line.
 * @param isMedia - the entries of a list, or the object, are images or videos: an address or an asset's id is enough
 */
export function cellOf(given: string, kinds: ReadonlySet<CellKind>, isMedia: boolean): Cell {
  const fault = formulaFault(given);
  if (fault !== null) return fault;
  const text = given.replace(NEUTRALISED, '');
  const trimmed = text.trim();
  if (isMedia) return mediaOf(trimmed, kinds);
  if (kinds.has('string')) return { value: text };
  if (kinds.has('integer') || kinds.has('number')) return numberOf(trimmed, kinds);
  if (kinds.has('boolean')) return booleanOf(trimmed);
  if (kinds.has('list')) return listOf(text);
  if (kinds.has('object')) return jsonOf(trimmed, 'an object as JSON');
  return { value: guessed(text) };
}

/** The value of a template's input. @param valueOf - makes it of the text */
export function inputCellOf(given: string, valueOf: (text: string) => unknown): Cell {
  return formulaFault(given) ?? { value: valueOf(given.replace(NEUTRALISED, '')) };
}

function formulaFault(given: string): { readonly fault: string } | null {
  if (!given.startsWith('=')) return null;
  return {
    fault: `The cell holds the formula ${shown(given)}. Save the file with the values of formulas; text that begins with = is written '=.`,
  };
}

function numberOf(text: string, kinds: ReadonlySet<CellKind>): Cell {
  const value = Number(text);
  if (!NUMBER.test(text) || !Number.isFinite(value)) return { fault: `${shown(text)} is not a number. Write it like 7 or 0.5.` };
  if (!kinds.has('number') && !Number.isInteger(value)) return { fault: `${shown(text)} is not a whole number.` };
  return { value };
}

function booleanOf(text: string): Cell {
  const word = text.toLowerCase();
  if (TRUE.includes(word)) return { value: true };
  if (FALSE.includes(word)) return { value: false };
  return { fault: `${shown(text)} is neither true nor false.` };
}

function listOf(text: string): Cell {
  if (text.trimStart().startsWith('[')) return jsonOf(text, 'a list as JSON');
  return { value: linesOf(text) };
}

function mediaOf(text: string, kinds: ReadonlySet<CellKind>): Cell {
  if (text.startsWith('[') || text.startsWith('{')) return jsonOf(text, 'JSON');
  const sources = text.split(/[\s]+/).filter((entry) => entry !== '');
  const bad = sources.find((entry) => !SOURCE.test(entry));
  if (bad !== undefined) return { fault: `${shown(bad)} is neither a web address (https://…) nor the id of an asset (asset_…).` };
  const values = sources.map((entry) => (/^asset_/.test(entry) ? { asset_id: entry } : { url: entry }));
  if (kinds.has('list')) return { value: values };
  return values.length === 1 ? { value: values[0] } : { fault: 'The cell names several files; there is room for one.' };
}

function jsonOf(text: string, what: string): Cell {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return { fault: `${shown(text)} is not ${what}.` };
  }
}

/** The value of a parameter that nobody describes: a number or a truth value when it is plainly one. */
function guessed(text: string): unknown {
  const trimmed = text.trim();
  if (NUMBER.test(trimmed) && String(Number(trimmed)) === trimmed) return Number(trimmed);
  if (trimmed === 'true' || trimmed === 'false') return trimmed === 'true';
  if (/^[[{]/.test(trimmed)) {
    const json = jsonOf(trimmed, 'JSON');
    return 'value' in json ? json.value : text;
  }
  return text;
}

function linesOf(text: string): readonly string[] {
  return text
    .split(/[\r\n]+|;/)
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}

function shown(text: string): string {
  return JSON.stringify(text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text);
}
