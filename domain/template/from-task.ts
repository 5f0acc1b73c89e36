import { rolesOf, type ChatInput, type ImageRole, type MediaInput, type MediaSource } from '../task/generation';
import { escapeText, mapTexts } from './placeholders';
import type { TemplateInput } from './template';

type JsonObject = Readonly<Record<string, unknown>>;

/** An input of a template that is made from a task; `replaces`: the text of the task in whose place its values go. */
export type FromInput = TemplateInput & { readonly replaces?: string | undefined };

/** An image or video as a template's author names it. */
type Named = { readonly asset_id: string } | { readonly url: string };

/** What is taken of a task, in the form of a template's body. */
export interface TakenBody {
  readonly inputs: Readonly<Record<string, TemplateInput>>;
  readonly prompt?: string;
  readonly negative_prompt?: string;
  readonly messages?: unknown;
  readonly images?: readonly (Named & { readonly role: ImageRole })[];
  readonly video?: Named;
  readonly output?: JsonObject;
  readonly params?: JsonObject;
}

/** A text that an input was to replace and that the task does not have, by the input's name. */
export interface Missed {
  readonly input: string;
  readonly text: string;
}

/**
 * The settings of a task as a template: the texts that inputs replace become placeholders, and what they replace is their default, so that the
 * template without values makes the same again.
 */
export function takenFromTask(
  input: ChatInput | MediaInput,
  declared: Readonly<Record<string, FromInput>>,
): { readonly body: TakenBody; readonly missed: readonly Missed[] } {
  const targets = Object.entries(declared).flatMap(([name, one]) => {
    const text = one.replaces ?? (typeof one.default === 'string' || typeof one.default === 'number' ? String(one.default) : '');
    return text === '' || one.type === 'image' || one.type === 'video' ? [] : [{ name, text }];
  });
  const found = new Set<string>();
  const templated = (text: string): string => withPlaceholders(text, targets, found);
  const body =
    input.operation === 'chat'
      ? { inputs: {}, messages: mapTexts(input.messages, templated), params: mapTexts(input.params, escapeText) as JsonObject }
      : mediaBody(input, templated);
  const missed = targets
    .filter(({ name }) => declared[name]?.replaces !== undefined && !found.has(name))
    .map(({ name, text }) => ({ input: name, text }));
  return { body: withInputs(body, declared), missed };
}

function mediaBody(input: MediaInput, templated: (text: string) => string): TakenBody {
  const { prompt, negative_prompt: negative, images, video, operation } = input;
  const { partial_images: _partial, ...output } = input.output;
  const roles = rolesOf(
    operation,
    images.map(({ role }) => role as ImageRole),
  );
  return {
    inputs: {},
    prompt: templated(prompt),
    ...(negative === undefined ? {} : { negative_prompt: templated(negative) }),
    images: images.map(({ source }, index) => ({ ...namedBy(source), role: roles[index] ?? 'reference' })),
    ...(video === undefined ? {} : { video: namedBy(video) }),
    output: mapTexts(output, escapeText) as JsonObject,
  };
}

function namedBy(source: MediaSource): Named {
  return 'assetId' in source ? { asset_id: source.assetId } : { url: source.url };
}

/** The body with its inputs; an image that is an input is no fixed one any more. */
function withInputs(body: TakenBody, declared: Readonly<Record<string, FromInput>>): TakenBody {
  const images = [...(body.images ?? [])];
  let video = body.video;
  const inputs = Object.entries(declared).map(([name, { replaces, ...input }]): readonly [string, TemplateInput] => {
    const keepsDefault = input.required !== true && input.default === undefined;
    if (input.type === 'image') {
      const place = images.findIndex(({ role }) => input.role === undefined || role === input.role);
      const [image] = place < 0 ? [] : images.splice(place, 1);
      if (image === undefined) return [name, input];
      const { role, ...source } = image;
      return [name, { ...input, role, ...(keepsDefault ? { default: source } : {}) }];
    }
    if (input.type === 'video') {
      const source = video;
      video = undefined;
      return [name, source === undefined || !keepsDefault ? input : { ...input, default: source }];
    }
    const isText = input.type === 'string' || input.type === 'text' || input.type === 'enum' || input.type === 'colour';
    return [name, isText && keepsDefault && replaces !== undefined ? { ...input, default: replaces } : input];
  });
  const { video: _video, ...rest } = body;
  return {
    ...rest,
    inputs: Object.fromEntries(inputs),
    ...(body.images === undefined ? {} : { images }),
    ...(video === undefined ? {} : { video }),
  };
}

function withPlaceholders(text: string, targets: readonly { readonly name: string; readonly text: string }[], found: Set<string>): string {
  let made = '';
  let rest = text;
  while (rest !== '') {
    const next = targets
      .map((target) => ({ ...target, at: rest.indexOf(target.text) }))
      .filter(({ at }) => at >= 0)
      // The longer one where two begin at the same place.
      .sort((left, right) => (left.at === right.at ? right.text.length - left.text.length : left.at - right.at))[0];
    if (next === undefined) break;
    found.add(next.name);
    made += `${escapeText(rest.slice(0, next.at))}{{${next.name}}}`;
    rest = rest.slice(next.at + next.text.length);
  }
  return made + escapeText(rest);
}
