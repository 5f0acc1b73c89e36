import type { Modality } from '../provider/catalogue';
import { valueFault, type InputFault } from './inputs';
import { placeholderFault, placeholdersIn } from './placeholders';
import type { InputType, TemplateBody, TemplateInput } from './template';
import { templateTexts } from './uses';

type Bound = 'max_length' | 'max_bytes' | 'min' | 'max' | 'values' | 'role';

const BOUNDS: Readonly<Record<InputType, readonly Bound[]>> = {
  string: ['max_length', 'max_bytes'],
  text: ['max_length', 'max_bytes'],
  integer: ['min', 'max'],
  number: ['min', 'max'],
  boolean: [],
  enum: ['values'],
  colour: [],
  image: ['role', 'max_bytes'],
  video: ['max_bytes'],
};
const ALL_BOUNDS: readonly Bound[] = ['max_length', 'max_bytes', 'min', 'max', 'values', 'role'];

/** What is wrong with a body beyond the form of its fields: each with the place, as the author wrote it. */
export function bodyFaults(body: TemplateBody): readonly InputFault[] {
  return [...partFaults(body), ...inputFaults(body), ...textFaults(body), ...overridableFaults(body)];
}

const FOREIGN: Readonly<Record<Modality, readonly (keyof TemplateBody)[]>> = {
  text: ['negative_prompt', 'images', 'video', 'output'],
  image: ['messages', 'params', 'video'],
  video: ['messages', 'params'],
};

function partFaults(body: TemplateBody): InputFault[] {
  const faults = FOREIGN[body.type].flatMap((part) =>
    isEmpty(body[part]) ? [] : [{ param: part, message: `A template of the type ${body.type} has no ${part}.` }],
  );
  const hasPrompt = body.prompt !== null && body.prompt !== '';
  if (body.type !== 'text') return hasPrompt ? faults : [...faults, { param: 'prompt', message: 'The prompt is required.' }];
  if (hasPrompt !== (body.messages !== null)) return faults;
  return [...faults, { param: 'messages', message: 'Give either messages or prompt.' }];
}

function isEmpty(part: unknown): boolean {
  if (part === null || part === undefined) return true;
  return typeof part === 'object' && Object.keys(part).length === 0;
}

function inputFaults({ inputs, type }: TemplateBody): InputFault[] {
  const videos = Object.keys(inputs).filter((name) => inputs[name]?.type === 'video');
  const second = videos[1];
  return [
    ...Object.entries(inputs).flatMap(([name, input]) => declarationFaults(type, name, input)),
    ...(second === undefined ? [] : [{ param: `inputs.${second}`, message: 'Only one input can be a video.' }]),
  ];
}

function declarationFaults(type: Modality, name: string, input: TemplateInput): InputFault[] {
  const at = `inputs.${name}`;
  const fault = (field: string, message: string): InputFault => ({ param: `${at}.${field}`, message: `The input ${name}: ${message}` });
  const faults = ALL_BOUNDS.filter((bound) => input[bound] !== undefined && !BOUNDS[input.type].includes(bound)).map((bound) =>
    fault(bound, `an input of the type ${input.type} has no ${bound}.`),
  );
  if (input.type === 'enum' && (input.values ?? []).length === 0) faults.push(fault('values', 'list the allowed values.'));
  if (input.min !== undefined && input.max !== undefined && input.min > input.max) faults.push(fault('max', 'max is below min.'));
  if (input.type === 'video' && type !== 'video') faults.push(fault('type', `a template of the type ${type} takes no video.`));
  if (input.type === 'image' && type === 'text') faults.push(fault('type', 'a text template takes no image.'));
  if (input.required === true && input.default !== undefined) faults.push(fault('required', 'what has a default is not required.'));
  if (input.default !== undefined && faults.length === 0) {
    const wrong = valueFault(input, input.default);
    if (wrong !== null) faults.push(fault('default', `the default ${wrong}`));
  }
  return faults;
}

function textFaults(body: TemplateBody): InputFault[] {
  const { inputs } = body;
  const names = Object.keys(inputs);
  return templateTexts(body).flatMap(({ path, text }) => {
    const wrong = placeholderFault(text, names);
    if (wrong !== null) return [{ param: path, message: `${path} ${wrong}` }];
    const medium = placeholdersIn(text).find((name) => inputs[name]?.type === 'image' || inputs[name]?.type === 'video');
    if (medium === undefined) return [];
    const message = `${path} has the placeholder {{${medium}}}, and ${medium} is an ${String(inputs[medium]?.type)}: it is sent along and has no place in a text.`;
    return [{ param: path, message: message.replace('an video', 'a video') }];
  });
}

const OVERRIDABLE: Readonly<Record<Modality, RegExp>> = {
  text: /^(?:model|input\.(?:messages|prompt)|params(?:\.[\w-]{1,64})?)$/,
  image: /^(?:model|input\.(?:prompt|negative_prompt|images)|output(?:\.[\w-]{1,64})?)$/,
  video: /^(?:model|input\.(?:prompt|negative_prompt|images|video)|output(?:\.[\w-]{1,64})?)$/,
};

function overridableFaults({ overridable, type }: TemplateBody): InputFault[] {
  const room = type === 'text' ? 'params' : 'output';
  return overridable.flatMap((path, index) => {
    if (OVERRIDABLE[type].test(path)) return [];
    const message = `overridable lists ${JSON.stringify(path)}, which is no parameter of a task of the type ${type}. Write such as "model" or "${room}.seed".`;
    return [{ param: `overridable[${String(index)}]`, message }];
  });
}
