import { hintFor } from './placeholders';
import type { InputType, InputValue, MediaValue, TemplateInput, TemplateInputs } from './template';

/** Characters of a text for which its input sets no bound: as many as a prompt may have. */
export const LONGEST_TEXT = 32_000;

/** What is wrong with an input, and where it stands: "inputs.product". */
export interface InputFault {
  readonly param: string;
  readonly message: string;
}

export interface CheckedInputs {
  /** Given values and defaults, by name; optional inputs that were not given are not there. */
  readonly values: ReadonlyMap<string, InputValue>;
  readonly faults: readonly InputFault[];
}

/** Checks the values of a template's inputs, all of them. */
export function checkInputs(declared: TemplateInputs, given: Readonly<Record<string, unknown>>): CheckedInputs {
  const faults: InputFault[] = [];
  const values = new Map<string, InputValue>();
  const names = Object.keys(declared);
  for (const name of Object.keys(given)) {
    if (names.includes(name)) continue;
    faults.push({
      param: `inputs.${name}`,
      message: `The template has no input ${JSON.stringify(name.slice(0, 100))}. ${hintFor(name, names)}`,
    });
  }
  for (const [name, input] of Object.entries(declared)) {
    const param = `inputs.${name}`;
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    if (value === undefined || value === null) {
      if (input.default !== undefined) values.set(name, input.default);
      else if (input.required === true) faults.push({ param, message: `The input ${name} is required.` });
      continue;
    }
    const fault = input.required === true && value === '' ? 'is required and must not be empty.' : valueFault(input, value);
    if (fault === null) values.set(name, value);
    else faults.push({ param, message: `The input ${name} ${fault}` });
  }
  return { values, faults };
}

/** What is wrong with a value, to be read after "The input x"; null: nothing. */
export function valueFault(input: TemplateInput, value: unknown): string | null {
  return CHECKS[input.type](input, value);
}

const CHECKS: Readonly<Record<InputType, (input: TemplateInput, value: unknown) => string | null>> = {
  string: textFault,
  text: textFault,
  integer: (input, value) =>
    Number.isSafeInteger(value) ? rangeFault(input, value as number) : `must be a whole number, ${gotten(value)}.`,
  number: (input, value) =>
    typeof value === 'number' && Number.isFinite(value) ? rangeFault(input, value) : `must be a number, ${gotten(value)}.`,
  boolean: (_input, value) => (typeof value === 'boolean' ? null : `must be true or false, ${gotten(value)}.`),
  enum: ({ values = [] }, value) =>
    values.includes(value as string) ? null : `must be one of ${values.map((one) => JSON.stringify(one)).join(', ')}, ${gotten(value)}.`,
  colour: (_input, value) =>
    typeof value === 'string' && /^#(?:[0-9a-f]{3}|[0-9a-f]{6}|[0-9a-f]{8})$/i.test(value)
      ? null
      : `must be a colour such as "#ff8800", ${gotten(value)}.`,
  image: mediaFault,
  video: mediaFault,
};

function textFault({ max_length: mostCharacters = LONGEST_TEXT, max_bytes: mostBytes }: TemplateInput, value: unknown): string | null {
  if (typeof value !== 'string') return `must be text, ${gotten(value)}.`;
  if (value.length > mostCharacters) {
    const characters = Array.from(value).length;
    if (characters > mostCharacters) return `has ${String(characters)} characters; at most ${String(mostCharacters)} are allowed.`;
  }
  if (mostBytes === undefined || value.length * 3 <= mostBytes) return null;
  const bytes = new TextEncoder().encode(value).length;
  return bytes > mostBytes ? `has ${String(bytes)} bytes; at most ${String(mostBytes)} are allowed.` : null;
}

function rangeFault({ min, max }: TemplateInput, value: number): string | null {
  const isBelow = min !== undefined && value < min;
  if (!isBelow && (max === undefined || value <= max)) return null;
  if (min === undefined) return `must be at most ${String(max)}, ${gotten(value)}.`;
  return max === undefined
    ? `must be at least ${String(min)}, ${gotten(value)}.`
    : `must be from ${String(min)} to ${String(max)}, ${gotten(value)}.`;
}

const SOURCES = ['asset_id', 'url', 'data'] as const;

function mediaFault({ type, max_bytes: mostBytes }: TemplateInput, value: unknown): string | null {
  const form = `must be the ${type} as {"asset_id"}, {"url"} or {"data"}`;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return `${form}, ${gotten(value)}.`;
  const entries = Object.entries(value).filter(([, source]) => source !== undefined && source !== null);
  const [first] = entries;
  if (entries.length !== 1 || first === undefined || !SOURCES.includes(first[0] as (typeof SOURCES)[number]))
    return `${form}: exactly one of them.`;
  if (typeof first[1] !== 'string' || first[1] === '') return `${form}: ${first[0]} must be text.`;
  const data = (value as MediaValue).data;
  if (data === undefined || mostBytes === undefined) return null;
  const bytes = Math.floor(((data.length - (data.indexOf(',') + 1)) * 3) / 4);
  return bytes > mostBytes ? `is larger than ${String(mostBytes)} bytes.` : null;
}

function gotten(value: unknown): string {
  if (typeof value === 'string') return `not ${value.length > 40 ? 'this text' : JSON.stringify(value)}`;
  if (typeof value === 'number' || typeof value === 'boolean') return `not ${String(value)}`;
  return Array.isArray(value) ? 'not a list' : 'not an object';
}

/**
 * The value of an input that came as text, as cells of spreadsheets and flags do: "5" for an integer, "yes" for a boolean. What does not
 * fit stays text, which `checkInputs` refuses with words. An empty text is no value.
 */
export function valueOfText(input: TemplateInput, text: string): unknown {
  const trimmed = text.trim();
  if (trimmed === '') return undefined;
  switch (input.type) {
    case 'integer':
    case 'number':
      return /^[+-]?\d+(\.\d+)?$/.test(trimmed) ? Number(trimmed) : text;
    case 'boolean':
      return BOOLEANS[trimmed.toLowerCase()] ?? text;
    case 'enum':
      return input.values?.find((value) => String(value) === trimmed) ?? text;
    case 'colour':
      return trimmed;
    case 'image':
    case 'video':
      if (/^asset_[\w-]+$/.test(trimmed)) return { asset_id: trimmed };
      return /^data:/i.test(trimmed) ? { data: trimmed } : { url: trimmed };
    case 'string':
    case 'text':
      return text;
  }
}

const BOOLEANS: Readonly<Record<string, boolean | undefined>> = {
  true: true,
  yes: true,
  '1': true,
  是: true,
  false: false,
  no: false,
  '0': false,
  否: false,
};
