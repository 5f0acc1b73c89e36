import type { Caller } from '../../domain/access/caller';
import { resolveModel } from '../../domain/admission/resolve-model';
import { AppError } from '../../domain/errors';
import { bodyFaults } from '../../domain/template/body';
import { placeholdersIn, textsIn } from '../../domain/template/placeholders';
import type { TemplateBody, TemplateInput, TemplateInputs } from '../../domain/template/template';
import { isJsonObject, isNestedWithin } from '../campaigns/merge';
import { parseWith } from '../http/faults';
import type { Catalogue } from '../../domain/provider/catalogue';
import { chatParams } from '../openai/chat/schema';
import { imageOutput, videoOutput } from '../tasks/schema';
import { keepReference, type KeepingReferences } from './references';
import type { TemplateFields } from './schema';

/** Most bytes of a body as it is stored. */
const MOST_BYTES = 256 * 1024;
const DEEPEST = 32;

/**
 * The body of a version: everything that can be wrong with it is found now, and what it refers to is kept as assets.
 * @throws AppError naming the place at fault; all faults are in `details`
 */
export async function bodyOf(
  context: KeepingReferences,
  { caller, catalogue }: { readonly caller: Caller; readonly catalogue: Catalogue },
  type: TemplateBody['type'],
  fields: TemplateFields,
): Promise<TemplateBody> {
  const draft = draftOf(type, fields);
  if (![fields.messages, fields.output, fields.params].every((part) => isNestedWithin(part, DEEPEST))) {
    throw new AppError('invalid_value', `The template is nested deeper than ${String(DEEPEST)} levels.`);
  }
  const faults = bodyFaults(draft);
  const [first] = faults;
  if (first !== undefined) throw new AppError('invalid_value', first.message, { param: first.param, details: faults });
  expectParameters(draft);
  if (draft.model !== null) resolveModel(catalogue, caller, draft.model, type);
  const body = await withReferences(context, caller, fields, draft);
  if (Buffer.byteLength(JSON.stringify(body)) > MOST_BYTES) {
    throw new AppError('request_too_large', `A template has at most ${String(MOST_BYTES / 1024)} KiB of text and parameters.`);
  }
  return body;
}

/** The body as it will be stored, what it refers to not looked at yet. */
function draftOf(type: TemplateBody['type'], fields: TemplateFields): TemplateBody {
  const pending = { asset_id: '' };
  return {
    type,
    description: fields.description,
    tags: fields.tags,
    inputs: fields.inputs,
    model: fields.model ?? null,
    prompt: fields.prompt ?? null,
    negative_prompt: fields.negative_prompt ?? null,
    messages: fields.messages ?? null,
    images: fields.images.map(({ role }) => ({ ...pending, ...(role === undefined ? {} : { role }) })),
    video: fields.video === undefined || fields.video === null ? null : pending,
    output: fields.output,
    params: fields.params,
    overridable: fields.overridable,
    preview_asset_ids: fields.preview_asset_ids,
  };
}

/** Checks the parameters that are no placeholders, as the endpoint of tasks does. */
function expectParameters({ type, output, params }: TemplateBody): void {
  const [values, schema, room] =
    type === 'text' ? [params, chatParams, 'params'] : [output, type === 'image' ? imageOutput : videoOutput, 'output'];
  const fixed = Object.entries(values).filter(([, value]) => !textsIn(value, '').some(({ text }) => placeholdersIn(text).length > 0));
  const unknown = type === 'text' ? undefined : Object.keys(values).find((name) => !Object.hasOwn(schema.shape, name));
  parseWith(schema, { ...Object.fromEntries(fixed), ...(unknown === undefined ? {} : { [unknown]: values[unknown] }) }, [room]);
}

async function withReferences(
  context: KeepingReferences,
  caller: Caller,
  fields: TemplateFields,
  draft: TemplateBody,
): Promise<TemplateBody> {
  const images: TemplateBody['images'][number][] = [];
  for (const [index, { role, ...named }] of fields.images.entries()) {
    const asset_id = await keepReference(context, caller, named, `images[${String(index)}]`, 'image');
    images.push({ asset_id, ...(role === undefined ? {} : { role }) });
  }
  const { video } = fields;
  const previews: string[] = [];
  for (const [index, asset_id] of fields.preview_asset_ids.entries()) {
    previews.push(await keepReference(context, caller, { asset_id }, `preview_asset_ids[${String(index)}]`, 'any'));
  }
  return {
    ...draft,
    inputs: await withDefaults(context, caller, fields.inputs),
    images,
    video: video === undefined || video === null ? null : { asset_id: await keepReference(context, caller, video, 'video', 'video') },
    preview_asset_ids: previews,
  };
}

/** Images and videos that stand in for inputs that were not given. */
async function withDefaults(context: KeepingReferences, caller: Caller, inputs: TemplateFields['inputs']): Promise<TemplateInputs> {
  const kept: [string, TemplateInput][] = [];
  for (const [name, input] of Object.entries(inputs)) {
    const { default: value, type } = input;
    const isMedium = (type === 'image' || type === 'video') && isJsonObject(value);
    if (!isMedium) kept.push([name, input]);
    else
      kept.push([name, { ...input, default: { asset_id: await keepReference(context, caller, value, `inputs.${name}.default`, type) } }]);
  }
  return Object.fromEntries(kept);
}
