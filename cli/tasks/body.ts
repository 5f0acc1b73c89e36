import { readFile } from 'node:fs/promises';
import { usageFailure } from '../failure';
import { textPairs, valuePairs } from '../flag-values';
import type { ApiClient } from '../http/client';
import { asList, asObject, asText, parseJson, type JsonObject } from '../json-value';
import { readTextFile } from '../text-file';
import type { BodyFlags } from './body-flags';

/**
 * The body of a task from `--file` and the options, which win over the file. A missing `type` is the model's.
 * @throws CliFailure `usage` for what cannot be read, or the API's for an unknown model
 */
export async function taskBody(flags: BodyFlags, client: ApiClient): Promise<JsonObject> {
  const file = flags.file === undefined ? {} : await readBody(flags.file);
  const model = flags.model ?? asText(file['model']);
  if (model === null) throw usageFailure('No model given.', 'Use --model NAME. `atelier models list` shows what there is.');
  const type = flags.type ?? asText(file['type']) ?? (await modalityOf(client, model));
  const images = await Promise.all((flags.image ?? []).map(imageOf));
  const fromOptions = {
    callback_url: flags.callbackUrl,
    external_id: flags.externalId,
    priority: flags.priority,
    budget: flags.budget === undefined ? undefined : { max_cost_usd: flags.budget },
  };
  const input = {
    ...given({ prompt: flags.prompt, negative_prompt: flags.negativePrompt }),
    ...(images.length === 0 ? {} : { images: [...asList(asObject(file['input'])?.['images']), ...images] }),
  };
  return {
    ...file,
    type,
    model,
    ...given(fromOptions),
    ...merged('input', file, input),
    ...merged('params', file, { ...(type === 'text' ? textNumbers(flags) : {}), ...valuePairs('--param', flags.param) }),
    ...merged('output', file, { ...(type === 'text' ? {} : numbers(flags)), ...creative(flags), ...valuePairs('--output', flags.output) }),
    ...merged('metadata', file, textPairs('--metadata', flags.metadata)),
  };
}

function creative(flags: BodyFlags): JsonObject {
  return given({ size: flags.size, aspect_ratio: flags.aspectRatio, duration_s: flags.duration });
}

function numbers({ n, seed }: BodyFlags): JsonObject {
  return given({ n, seed });
}

/** Of text, `n` and `seed` are parameters of the chat. */
function textNumbers(flags: BodyFlags): JsonObject {
  return numbers(flags);
}

function merged(name: string, file: JsonObject, own: JsonObject): JsonObject {
  const before = file[name];
  if (Object.keys(own).length === 0) return before === undefined ? {} : { [name]: before };
  return { [name]: { ...asObject(before), ...own } };
}

function given(values: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

async function readBody(path: string): Promise<JsonObject> {
  const content = await readTextFile(path, `The body ${path}`, '--file takes a JSON file, or - for standard input.');
  const body = asObject(parseJson(content));
  if (body === null)
    throw usageFailure(`The body ${path} is not a JSON object.`, 'It is the body of POST /v1/tasks: {"type":"image","model":"..."}.');
  return body;
}

async function modalityOf(client: ApiClient, model: string): Promise<string> {
  const found = asObject(await client.call({ path: `/v1/models/${model.split('/').map(encodeURIComponent).join('/')}` }));
  const modality = asText(found?.['modality']);
  if (modality === null) throw usageFailure(`The type of ${model} is not known.`, 'Use --type text, image or video.');
  return modality;
}

const ROLE = /^(reference|mask|first_frame|last_frame)=(.+)$/s;

/**
 * An `--image`: a URL is passed on, `asset_...` names a file kept before, anything else is a file whose bytes are sent.
 * `mask=FILE` and so on give it a role.
 * @throws CliFailure `usage` for a file that cannot be read
 */
export async function imageOf(text: string): Promise<Readonly<Record<string, string>>> {
  const match = ROLE.exec(text);
  const source = match?.[2] ?? text;
  const role: Record<string, string> = match?.[1] === undefined ? {} : { role: match[1] };
  if (/^(https?:\/\/|data:)/i.test(source)) return { url: source, ...role };
  if (/^asset_[0-9a-f]{32}$/.test(source)) return { asset_id: source, ...role };
  const bytes = await readFile(source).catch((error: unknown) => {
    const code = (error as NodeJS.ErrnoException).code ?? 'unreadable';
    throw usageFailure(`The image ${source} cannot be read (${code}).`, '--image takes a file, a URL or the id of an asset.');
  });
  return { data: bytes.toString('base64'), ...role };
}
