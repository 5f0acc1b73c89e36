import { AppError } from '../../../domain/errors';
import { NO_USAGE, type Usage } from '../../../domain/task/generation';
import type { MediaResult, ProviderOutput } from '../../../domain/provider/provider';
import { pictureType } from '../shared/content-type';
import { countOf, isObject, textOf, type JsonObject } from '../shared/json';

/**
 * The result of an image call.
 * @param items - `data` of the answer, or the `completed` events of its stream
 */
export function imageResult(providerName: string, items: readonly JsonObject[], usage: unknown): MediaResult {
  const outputs = items.map(imageOutput).filter((output): output is ProviderOutput => output !== null);
  if (outputs.length === 0) throw new AppError('provider_bad_response', `Provider ${providerName} answered without a picture.`);
  return { outputs, usage: imageUsage(usage, outputs.length), reportedMicroUsd: null };
}

/** One picture: `b64_json`, a `data:` URL, or a link; null when there is none. */
export function imageOutput(item: JsonObject): ProviderOutput | null {
  const revisedPrompt = textOf(item['revised_prompt']) ?? null;
  const url = textOf(item['url']);
  const inline = url === undefined ? null : /^data:[^,]*;base64,/.exec(url);
  const base64 = textOf(item['b64_json']) ?? (inline === null ? undefined : url?.slice(inline[0].length));
  if (base64 !== undefined && base64 !== '') {
    const bytes = Buffer.from(base64, 'base64');
    const contentType = pictureType(bytes) ?? `image/${textOf(item['output_format']) ?? 'png'}`;
    return { from: 'bytes', bytes, contentType, revisedPrompt };
  }
  return url === undefined || url === '' ? null : { from: 'url', url, revisedPrompt };
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
