import type { InputImage, MediaInput, OutputParams } from '../../../domain/task/generation';
import { missingOutputs } from '../../../domain/task/outputs';
import type { Asset, TaskSummary } from '../../../domain/task/task';
import { extrasOf, given } from '../params';
import { editSchema, type GenerationRequest } from './schema';

/** The canonical input of an image request. */
export function imageInput(
  request: GenerationRequest & { readonly input_fidelity?: string | null | undefined },
  images: readonly InputImage[],
): MediaInput {
  return {
    operation: 'image',
    prompt: request.prompt,
    ...given<{ negative_prompt?: string }>({ negative_prompt: request.negative_prompt }),
    images,
    output: given<OutputParams>({
      size: request.size,
      aspect_ratio: request.aspect_ratio,
      resolution: request.resolution,
      quality: request.quality,
      n: request.n,
      seed: request.seed,
      watermark: request.watermark,
      format: request.output_format,
      background: request.background,
      compression: request.output_compression,
      partial_images: request.stream === true ? request.partial_images : undefined,
    }),
    params: {
      // Every field of a generation is one of an edit as well.
      ...extrasOf(request, editSchema),
      ...given<Record<string, unknown>>({
        moderation: request.moderation,
        input_fidelity: request.input_fidelity,
        user: request.user,
        safety_identifier: request.safety_identifier,
      }),
    },
  };
}

/** One image of an answer: a signed link, or the bytes in base64. */
export type ImageContent = { readonly url: string } | { readonly b64_json: string };

function unixSeconds(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}

/** The facts about the images that answers and stream events share. */
export function imageFacts(task: TaskSummary): Readonly<Record<string, string>> {
  const output = task.output;
  const first = task.outputs[0];
  const size =
    first === undefined || first.width === null || first.height === null ? output.size : `${String(first.width)}x${String(first.height)}`;
  return given<Record<string, string>>({
    background: output.background,
    output_format: first === undefined ? output.format : first.contentType.replace(/^image\//, ''),
    quality: output.quality,
    size,
  });
}

/** OpenAI's token usage, when the provider reported tokens; images that are paid by piece have none. */
export function tokenUsage(task: TaskSummary): { readonly usage?: Readonly<Record<string, unknown>> } {
  const usage = task.usage;
  if (usage === null || usage.estimated || usage.inputTokens + usage.outputTokens === 0) return {};
  return {
    usage: {
      input_tokens: usage.inputTokens,
      output_tokens: usage.outputTokens,
      total_tokens: usage.inputTokens + usage.outputTokens,
    },
  };
}

/** The answer of a finished image task; `contents` in the order of its outputs. */
export function imageAnswer(task: TaskSummary, contents: readonly ImageContent[]): Readonly<Record<string, unknown>> {
  const missing = missingOutputs(task);
  return {
    created: unixSeconds(task.createdAt),
    ...imageFacts(task),
    ...(missing.length === 0 ? {} : { missing_outputs: missing }),
    data: task.outputs.map((output: Asset, index) => ({
      ...contents[index],
      ...(output.revisedPrompt === null ? {} : { revised_prompt: output.revisedPrompt }),
    })),
    ...tokenUsage(task),
  };
}

/** The event that carries an image: `image_generation.completed`, `image_edit.partial_image` ... */
export function imageEvent(
  task: TaskSummary,
  kind: 'partial_image' | 'completed',
  content: ImageContent,
  index: number,
): { readonly name: string; readonly data: Readonly<Record<string, unknown>> } {
  const family = task.endpoint === 'images.edits' ? 'image_edit' : 'image_generation';
  const name = `${family}.${kind}`;
  return {
    name,
    data: {
      type: name,
      ...content,
      created_at: unixSeconds(task.createdAt),
      ...imageFacts(task),
      ...(kind === 'partial_image' ? { partial_image_index: index } : tokenUsage(task)),
    },
  };
}
