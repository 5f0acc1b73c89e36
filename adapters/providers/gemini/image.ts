import type { ErrorCode } from '../../../domain/errors';
import type { MediaCall, ProviderOutput, Submission } from '../../../domain/provider/provider';
import { NO_USAGE, type Usage } from '../../../domain/task/generation';
import { parseSize, ratioSent, resolutionWord } from '../../../domain/task/output-size';
import { redact } from '../../../domain/redact';
import { imageType } from '../shared/content-type';
import { lateErrorOfGoogle } from '../shared/google-error';
import { countOf, isObject, overExtras, textOf, type JsonObject } from '../shared/json';
import { ended, missing, createJob } from '../shared/media-job';
import { readBase64 } from '../shared/media-file';
import { hasFault } from '../shared/provider-error';
import { modelPath, type GeminiConnection } from './connection';
import { isSecondGeneration } from './contents';
import { meaningOfFinish } from './chat-answer';

export const RATIOS = ['1:1', '2:3', '3:2', '3:4', '4:3', '4:5', '5:4', '9:16', '16:9', '21:9'] as const;

/** Makes an image, or changes those that came in; the answer is the result. */
export async function submitImage(connection: GeminiConnection, call: MediaCall): Promise<Submission> {
  const path = connection.pathOf(modelPath(call.model, 'generateContent'));
  const request = imageRequest(call, await readBase64(call.images));
  const body = await createJob(connection, call, { path, body: request, isAtOnce: true, what: 'an image' });
  const upstreamId = textOf(body['responseId']) ?? null;
  if (hasFault(body)) {
    const error = lateErrorOfGoogle(body, `Provider ${connection.name} reported an error`, connection.secrets);
    return { state: 'failed', error, upstreamId };
  }
  const outputs = outputsOf(connection, body, call.output.n ?? 1);
  const made = outputs.filter(({ from }) => from !== 'missing').length;
  return { ...ended(connection, { outputs, usage: usageOf(body['usageMetadata'], made), reportedMicroUsd: null }), upstreamId };
}

/**
 * The body of `generateContent` for an image. The route's options lie underneath, `generationConfig` field by field.
 * @param files - the input images in base64, in the order of the call
 */
export function imageRequest(call: MediaCall, files: readonly string[]): JsonObject {
  const { output, options = {} } = call;
  const beneath = objectOf(options['generationConfig']);
  const imageConfig = overExtras(objectOf(beneath['imageConfig']), {
    aspectRatio: ratioSent(output, RATIOS),
    // Older models make one size and refuse the field.
    imageSize: isSecondGeneration(call.model) ? undefined : imageSize(output),
  });
  const images = call.images.map(({ contentType }, index) => ({ inlineData: { mimeType: contentType, data: files[index] } }));
  return {
    ...options,
    contents: [{ role: 'user', parts: [...(call.prompt === '' ? [] : [{ text: call.prompt }]), ...images] }],
    generationConfig: overExtras(
      { responseModalities: /gemini-2\.0/.test(call.model) ? ['TEXT', 'IMAGE'] : ['IMAGE'], ...beneath },
      {
        seed: output.seed,
        candidateCount: output.n === 1 ? undefined : output.n,
        imageConfig: Object.keys(imageConfig).length === 0 ? undefined : imageConfig,
      },
    ),
  };
}

/** What models of a name offer; later ones are expected to offer as much as the newest known. */
export function imageResolutions(model: string): readonly string[] {
  if (isSecondGeneration(model)) return ['1K'];
  return /pro/.test(model) ? ['1K', '2K', '4K'] : ['512', '1K', '2K', '4K'];
}

/** Google's word for a size: the nearest to the longer side in pixels, or to a resolution. */
function imageSize({ resolution, size }: MediaCall['output']): string | undefined {
  const named = /^\s*([124]k|512)(?:px)?\s*$/i.exec(resolution ?? '')?.[1];
  if (named !== undefined) return named.toUpperCase();
  const pixels = parseSize(size);
  const longest = pixels === undefined ? undefined : Math.max(pixels.width, pixels.height);
  const wanted = resolution === undefined ? longest : Number.parseInt(resolutionWord(resolution), 10);
  if (wanted === undefined || Number.isNaN(wanted)) return resolution;
  if (wanted <= 640) return '512';
  // 1:1 at 1K is 1024 pixels wide, 21:9 is 1584.
  return wanted <= 1600 ? '1K' : wanted <= 3200 ? '2K' : '4K';
}

function outputsOf(connection: GeminiConnection, body: JsonObject, asked: number): readonly ProviderOutput[] {
  const candidates = Array.isArray(body['candidates']) ? body['candidates'].filter(isObject) : [];
  const images = candidates.flatMap((candidate) => partsOf(candidate).flatMap(imageOf));
  const made: readonly ProviderOutput[] = images;
  if (made.length >= asked) return made;
  const reason = reasonOf(connection, body, candidates);
  return [...made, ...Array<ProviderOutput>(asked - made.length).fill(reason)];
}

function imageOf(part: JsonObject): readonly ProviderOutput[] {
  const { inlineData: data, thought } = part;
  // Drafts of a thinking model are thoughts.
  if (!isObject(data) || thought === true) return [];
  const bytes = Buffer.from(textOf(data['data']) ?? '', 'base64');
  if (bytes.length === 0) return [];
  return [{ from: 'bytes', bytes, contentType: imageType(bytes) ?? textOf(data['mimeType']) ?? 'image/png', revisedPrompt: null }];
}

/** Why an image is not there: the prompt or the image was blocked, or the model answered in words, which is charged. */
function reasonOf({ name, secrets }: GeminiConnection, body: JsonObject, candidates: readonly JsonObject[]): ProviderOutput {
  const blocked = textOf(objectOf(body['promptFeedback'])['blockReason']);
  if (blocked !== undefined) return missing('content_policy_violation', `Provider ${name} blocked the prompt (${blocked}).`);
  const ends = candidates.map((candidate) => textOf(candidate['finishReason']) ?? '').filter((word) => word !== '' && word !== 'STOP');
  const filtered = ends.find((word) => meaningOfFinish(word) === 'content_filter');
  const code: ErrorCode = filtered === undefined ? 'provider_rejected' : 'content_policy_violation';
  const told = candidates.map((candidate) => textOf(candidate['finishMessage']) ?? '').find((words) => words !== '');
  const said = candidates.flatMap((candidate) =>
    partsOf(candidate).map((part) => (part['thought'] === true ? '' : (textOf(part['text']) ?? ''))),
  );
  const words = redact((told ?? said.join('')).slice(0, 500), secrets);
  const end = filtered ?? ends[0];
  return missing(code, `Provider ${name} made no image${end === undefined ? '' : ` (${end})`}${words === '' ? '.' : `: ${words}`}`);
}

function usageOf(metadata: unknown, images: number): Usage {
  const counts = objectOf(metadata);
  const count = (field: string): number => countOf(counts[field]) ?? 0;
  const reasoningTokens = count('thoughtsTokenCount');
  return {
    ...NO_USAGE,
    inputTokens: count('promptTokenCount'),
    cachedInputTokens: count('cachedContentTokenCount'),
    outputTokens: count('candidatesTokenCount') + reasoningTokens,
    reasoningTokens,
    images,
  };
}

function partsOf(candidate: JsonObject): readonly JsonObject[] {
  const { parts } = objectOf(candidate['content']);
  return Array.isArray(parts) ? parts.filter(isObject) : [];
}

function objectOf(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}
