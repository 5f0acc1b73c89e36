import { AppError } from '../errors';
import { isSameJson } from './same-json';
import { checkInputs } from './inputs';
import { fillText, mapTexts, wholePlaceholder } from './placeholders';
import type { InputValue, MediaValue, TemplateBody } from './template';
import type { TemplateUse } from './use';
import { unusedInputs } from './uses';

type JsonObject = Readonly<Record<string, unknown>>;

/** A version of a template with its body. */
export interface VersionedBody extends TemplateUse {
  readonly body: TemplateBody;
}

/** What a request that uses a template says beside its name. */
export interface TemplateRequest {
  readonly inputs: JsonObject;
  /** Parameters of its own, at their places in a task: `{model, input: {…}, output: {…}, params: {…}}`. */
  readonly overrides: JsonObject;
}

/** A task's body, with what people should know of it. */
export interface Rendered {
  readonly task: RenderedTask;
  readonly warnings: readonly string[];
}

export interface RenderedTask {
  readonly type: TemplateBody['type'];
  readonly model?: string;
  readonly input: JsonObject;
  readonly output?: JsonObject;
  readonly params?: JsonObject;
}

/**
 * The body of a task: values in their places, each inserted once as text, and the overrides that the template allows. The same version and
 * request give the same bytes whenever and wherever they are rendered.
 * @throws AppError `invalid_template_input` with `param` "inputs.product" and all faults in `details`, `parameter_not_overridable`
 */
export function renderTemplate(version: VersionedBody, { inputs, overrides }: TemplateRequest): Rendered {
  const { body } = version;
  const { values, faults } = checkInputs(body.inputs, inputs);
  const [first] = faults;
  if (first !== undefined) throw new AppError('invalid_template_input', first.message, { param: first.param, details: faults });
  const task = overridden(version, withValues(body, values), overrides);
  return { task, warnings: unusedInputs(body).map((input) => `The input ${input} is not used by the template.`) };
}

function withValues(body: TemplateBody, values: ReadonlyMap<string, InputValue>): RenderedTask {
  const asText = (text: string): string => fillText(text, (name) => textOf(values.get(name)));
  const asValue = (text: string): unknown => {
    const name = wholePlaceholder(text);
    return name === null ? asText(text) : values.get(name);
  };
  const head = { type: body.type, ...(body.model === null ? {} : { model: body.model }) };
  if (body.type === 'text') {
    const messages = body.messages ?? [{ role: 'user', content: body.prompt ?? '' }];
    const params = mapTexts(body.params, asValue) as JsonObject;
    return { ...head, input: { messages: mapTexts(messages, asText) }, ...(Object.keys(params).length === 0 ? {} : { params }) };
  }
  const images = [...body.images, ...inputImages(body, values)];
  const video = inputVideo(body, values) ?? body.video;
  const output = mapTexts(body.output, asValue) as JsonObject;
  return {
    ...head,
    input: {
      prompt: asText(body.prompt ?? ''),
      ...(body.negative_prompt === null ? {} : { negative_prompt: asText(body.negative_prompt) }),
      ...(images.length === 0 ? {} : { images }),
      ...(video === null ? {} : { video }),
    },
    ...(Object.keys(output).length === 0 ? {} : { output }),
  };
}

function textOf(value: InputValue | undefined): string {
  return value === undefined || typeof value === 'object' ? '' : String(value);
}

function inputImages({ inputs }: TemplateBody, values: ReadonlyMap<string, InputValue>): object[] {
  return Object.entries(inputs).flatMap(([name, { type, role }]) => {
    const value = type === 'image' ? values.get(name) : undefined;
    return value === undefined ? [] : [{ ...(value as MediaValue), ...(role === undefined ? {} : { role }) }];
  });
}

function inputVideo({ inputs }: TemplateBody, values: ReadonlyMap<string, InputValue>): MediaValue | null {
  const name = Object.keys(inputs).find((one) => inputs[one]?.type === 'video' && values.has(one));
  return name === undefined ? null : (values.get(name) as MediaValue);
}

/** Objects of a task whose members are parameters of their own. */
const ROOMS = ['input', 'output', 'params'] as const;

function overridden(version: VersionedBody, task: RenderedTask, overrides: JsonObject): RenderedTask {
  const made: Record<string, unknown> = { ...task };
  for (const [field, value] of Object.entries(overrides)) {
    if (value === undefined || value === null) continue;
    if (!ROOMS.includes(field as (typeof ROOMS)[number]) || typeof value !== 'object' || Array.isArray(value)) {
      expectOverridable(version, field, value, made[field]);
      made[field] = value;
      continue;
    }
    const before = (made[field] ?? {}) as JsonObject;
    for (const [member, inner] of Object.entries(value)) {
      if (inner !== undefined && inner !== null) expectOverridable(version, `${field}.${member}`, inner, before[member]);
    }
    made[field] = { ...before, ...value };
  }
  return made as unknown as RenderedTask;
}

function expectOverridable(version: VersionedBody, path: string, value: unknown, before: unknown): void {
  // What says the same changes nothing: SDKs send a model whether it is wanted or not.
  if (!isOverridable(version.body, path) && !isSameJson(value, before)) throw notOverridable(version, path);
}

/** True when a request may set what stands at the path: "output.seed". */
export function isOverridable({ overridable, model }: TemplateBody, path: string): boolean {
  if (path === 'model' && model === null) return true;
  return overridable.some((allowed) => path === allowed || path.startsWith(`${allowed}.`));
}

/** The error of a parameter that the template fixes. */
export function notOverridable({ name, body: { overridable } }: VersionedBody, path: string): AppError {
  const may = overridable.length === 0 ? 'It allows none.' : `It allows: ${overridable.join(', ')}.`;
  return new AppError('parameter_not_overridable', `The template ${name} does not allow a request to set ${path}. ${may}`, { param: path });
}
