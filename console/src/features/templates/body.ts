import type { TaskRequest } from '../../api/tasks';
import type { Template, TemplateBody, TemplateInput } from '../../api/templates';
import { fill } from '../../lib/placeholders';

/** A placeholder, as it is written in every language. */
export const EXAMPLE = '{{product}}';

/** What of a template is edited: its body, with the inputs in order. */
export interface Draft {
  readonly body: TemplateBody;
  readonly inputs: readonly NamedInput[];
}

export interface NamedInput {
  readonly name: string;
  readonly spec: TemplateInput;
}

/** Values of inputs as fields have them: text, or the id of an asset for images and videos. */
export type Values = Readonly<Record<string, string>>;

export function draftOf(template: Template): Draft {
  const { description, tags, model, prompt, negative_prompt: negative, messages, images, video, output, params } = template;
  return {
    body: {
      description,
      tags,
      inputs: {},
      model,
      prompt,
      negative_prompt: negative,
      messages: messages as NonNullable<TemplateBody['messages']> | null,
      images: (images ?? []) as TemplateBody['images'],
      ...(video === undefined || video === null ? {} : { video }),
      output: output ?? {},
      params: params ?? {},
      overridable: template.overridable,
      preview_asset_ids: template.preview_asset_ids,
    },
    inputs: Object.entries(template.inputs).map(([name, spec]) => ({ name, spec })),
  };
}

export const bodyOf = ({ body, inputs }: Draft): TemplateBody => ({
  ...body,
  inputs: Object.fromEntries(inputs.map(({ name, spec }) => [name, spec])),
});

/** Something to begin with: the default, the first choice, or nothing. */
export function exampleOf({ type, default: usual, values, min }: TemplateInput): string {
  if (usual !== undefined && typeof usual !== 'object') return String(usual);
  if (type === 'enum') return String(values?.[0] ?? '');
  if (type === 'integer' || type === 'number') return min === undefined ? '' : String(min);
  return '';
}

/** The values with something to begin with where nothing was given. */
export const filledIn = (inputs: readonly NamedInput[], values: Values): Values =>
  Object.fromEntries(inputs.map(({ name, spec }) => [name, values[name] ?? exampleOf(spec)]));

/** Every input that must have a value has one. */
export const isComplete = (inputs: readonly NamedInput[], values: Values): boolean =>
  inputs.every(({ name, spec }) => spec.required !== true || spec.default !== undefined || (values[name] ?? '') !== '');

/** A value as the API takes it; undefined: none was given. */
export function valueOf({ type }: TemplateInput, value: string): string | number | boolean | { asset_id: string } | undefined {
  if (value === '') return undefined;
  switch (type) {
    case 'integer':
    case 'number':
      return Number.isNaN(Number(value)) ? value : Number(value);
    case 'boolean':
      return value === 'true';
    case 'image':
    case 'video':
      return { asset_id: value };
    case 'string':
    case 'text':
    case 'enum':
    case 'colour':
      return value;
  }
}

/** The run that a saved version makes of values. */
export function requestOf(reference: string, inputs: readonly NamedInput[], values: Values): TaskRequest {
  const given = inputs.flatMap(({ name, spec }) => {
    const value = valueOf(spec, values[name] ?? '');
    return value === undefined ? [] : [[name, value] as const];
  });
  // The document describes tasks of each type; one of a template needs none of that.
  return { template: reference, inputs: Object.fromEntries(given) };
}

/** The run that a body makes which is not saved yet; null: it has no model or no prompt. */
export function unsavedRequestOf(type: Template['type'], draft: Draft, values: Values): TaskRequest | null {
  const { model, prompt, negative_prompt: negative, images, output } = draft.body;
  if (model === undefined || model === null || prompt === undefined || prompt === null || prompt.trim() === '') return null;
  const filled = (text: string): string =>
    fill(text, (name) => values[name] ?? '')
      .map((piece) => piece.text)
      .join('');
  const referenced = draft.inputs.flatMap(({ name, spec }) => {
    const id = values[name] ?? '';
    return spec.type === 'image' && id !== '' ? [{ asset_id: id, ...(spec.role === undefined ? {} : { role: spec.role }) }] : [];
  });
  const all = [...images, ...referenced];
  const input = {
    prompt: filled(prompt),
    ...(negative === undefined || negative === null || negative === '' ? {} : { negative_prompt: filled(negative) }),
    ...(all.length === 0 ? {} : { images: all }),
  };
  const shape = Object.fromEntries(
    Object.entries(output).map(([name, value]) => [name, typeof value === 'string' ? typed(filled(value), name) : value]),
  );
  return (type === 'text' ? { type, model, input } : { type, model, input, output: shape }) as unknown as TaskRequest;
}

const NUMBERS: ReadonlySet<string> = new Set(['n', 'seed', 'duration_s']);
const typed = (text: string, name: string): string | number => (NUMBERS.has(name) && text !== '' ? Number(text) : text);
