import { AppError } from '../../../domain/errors';
import { NO_USAGE, type Usage } from '../../../domain/task/generation';
import type { MediaResult, ProviderOutput } from '../../../domain/provider/provider';
import { imageType } from '../shared/content-type';
import { countOf, isObject, textOf, type JsonObject } from '../shared/json';
import { errorOfLateFault, readFault } from '../shared/provider-error';
import { redact } from '../../../domain/redact';
import type { Connection } from '../shared/connection';

type MissingOutput = Extract<ProviderOutput, { from: 'missing' }>;
type Named = Pick<Connection, 'name' | 'secrets'>;

/** What an image call answered. */
export interface ImageAnswer {
  /** `data` of the answer, or the `completed` events of its stream; what is no object stands for an image that was not made. */
  readonly items: readonly unknown[];
  readonly usage: unknown;
  /** All of the answer: some servers tell there, for all images together, why one is not among them. */
  readonly body: JsonObject;
  /** How many images were asked for. */
  readonly asked: number;
}

/**
 * The result of an image call: those that were made, and for each other one its reason.
 * @throws AppError of the provider's reason when none was made, `provider_bad_response` when it gave none
 */
export function imageResult(connection: Named, { items, usage, body, asked }: ImageAnswer): MediaResult {
  const made = items.map((item) => (isObject(item) ? imageOutput(item) : null) ?? refusalOf(connection, isObject(item) ? item : {}));
  const rest = made.length === 0 || made.length >= asked ? [] : Array<null>(asked - made.length).fill(null);
  const unknown = missing('provider_bad_response', `Provider ${connection.name} did not deliver this image and gave no reason.`);
  const outputs = [...made, ...rest].map((output) => output ?? refusalOf(connection, body) ?? unknown);
  const delivered = outputs.filter(({ from }) => from !== 'missing').length;
  if (delivered > 0) return { outputs, usage: imageUsage(usage, delivered), reportedMicroUsd: null };
  const reason = outputs.find((output): output is MissingOutput => output.from === 'missing' && output !== unknown);
  if (reason !== undefined) throw new AppError(reason.code, reason.message, { providerMessage: reason.message });
  throw new AppError('provider_bad_response', `Provider ${connection.name} answered without an image.`);
}

/** One image: `b64_json`, a `data:` URL, or a link; null when there is none. */
export function imageOutput(item: JsonObject): ProviderOutput | null {
  const revisedPrompt = textOf(item['revised_prompt']) ?? null;
  const url = textOf(item['url']);
  const inline = url === undefined ? null : /^data:[^,]*;base64,/.exec(url);
  const base64 = textOf(item['b64_json']) ?? (inline === null ? undefined : url?.slice(inline[0].length));
  if (base64 !== undefined && base64 !== '') {
    const bytes = Buffer.from(base64, 'base64');
    const contentType = imageType(bytes) ?? `image/${textOf(item['output_format']) ?? 'png'}`;
    return { from: 'bytes', bytes, contentType, revisedPrompt };
  }
  return url === undefined || url === '' ? null : { from: 'url', url, revisedPrompt };
}

/** True for an item that has an image, without reading it. */
export function holdsImage(item: unknown): boolean {
  return isObject(item) && ['b64_json', 'url'].some((field) => typeof item[field] === 'string' && item[field] !== '');
}

/** Fields in which servers of OpenAI's shape, and those that translate other shapes into it, tell that a filter kept an image back. */
const FILTER_FIELDS = [
  ...[
    'rai_filtered_reason',
    'raiFilteredReason',
    'rai_media_filtered_reasons',
    'raiMediaFilteredReasons',
    'filtered_reason',
    'filter_reason',
  ],
  ...['block_reason', 'blockReason', 'blocked_reason', 'refusal', 'moderation_reason', 'nsfw_reason'],
];
/** What a `finish_reason` of a filter says; other values tell nothing. */
const FILTERED = /filter|safety|prohibited|moderat|block|nsfw|policy|recitation/i;

/** Why an image is not there, in the provider's words; null: it does not say. */
function refusalOf({ name, secrets }: Named, item: JsonObject): MissingOutput | null {
  const { error } = item;
  if (isObject(error) || (typeof error === 'string' && error !== '')) {
    const { code, message } = errorOfLateFault(readFault({ error }), `Provider ${name} did not make this image`, secrets);
    return missing(code, message);
  }
  const finish = [item['finish_reason'], item['finishReason'], item['status']].find(
    (word) => typeof word === 'string' && FILTERED.test(word),
  );
  const words = FILTER_FIELDS.flatMap((field) => [item[field]].flat()).filter((word) => typeof word === 'string' && word !== '');
  if (finish === undefined && words.length === 0) return null;
  const told = redact((words.length > 0 ? words : [finish]).join(' '), secrets);
  return missing('content_policy_violation', `Provider ${name} withheld this image: ${told}`);
}

function missing(code: MissingOutput['code'], message: string): MissingOutput {
  return { from: 'missing', code, message, revisedPrompt: null };
}

function imageUsage(reported: unknown, images: number): Usage {
  if (!isObject(reported)) return { ...NO_USAGE, images };
  const details = isObject(reported['input_tokens_details']) ? reported['input_tokens_details'] : {};
  return {
    ...NO_USAGE,
    inputTokens: countOf(reported['input_tokens']) ?? 0,
    cachedInputTokens: countOf(details['cached_tokens']) ?? 0,
    outputTokens: countOf(reported['output_tokens']) ?? 0,
    images,
  };
}
