import type { Caller } from '../../domain/access/caller';
import {
  rolesOf,
  type ChatInput,
  type InputImage,
  type MediaInput,
  type MediaSource,
  type OutputParams,
} from '../../domain/task/generation';
import type { Sourcing } from '../deps';
import { given } from '../openai/params';
import { decodeBase64 } from '../uploads/data-url';
import { keepAsset, purposeOf } from '../uploads/keep-asset';
import { resolveMedia } from '../uploads/media-source';
import type { MediaTaskBody, NamedSource, TaskBody } from './schema';

/** The canonical form of a text task. */
export function chatInputOf(body: Extract<TaskBody, { type: 'text' }>): ChatInput {
  const { messages, prompt } = body.input;
  return { operation: 'chat', messages: messages ?? [{ role: 'user', content: prompt ?? '' }], params: body.params ?? {} };
}

/** The canonical form of a media task, its images not looked at yet: enough to check and to price. */
export function mediaInputOf(body: MediaTaskBody): MediaInput {
  const pending: MediaSource = { assetId: '' };
  const hasVideo = body.type === 'video' && body.input.video !== undefined && body.input.video !== null;
  return {
    operation: body.type,
    prompt: body.input.prompt,
    ...given({ negative_prompt: body.input.negative_prompt }),
    images: rolesOf(
      body.type,
      (body.input.images ?? []).map(({ role }) => role),
    ).map((role) => ({ role, source: pending })),
    ...(hasVideo ? { video: pending } : {}),
    output: given<OutputParams>(body.output ?? {}),
    params: {},
  };
}

/** The canonical form of any task, its images not looked at yet. */
export function pendingInputOf(body: TaskBody): ChatInput | MediaInput {
  return body.type === 'text' ? chatInputOf(body) : mediaInputOf(body);
}

/**
 * Keeps inline images as assets, takes own links as their assets and checks other URLs, one after the other.
 * @throws AppError `invalid_url`, `invalid_image`, `invalid_value`, `not_found` naming the field at fault
 */
export async function withSources(context: Sourcing, caller: Caller, body: MediaTaskBody, input: MediaInput): Promise<MediaInput> {
  const images: InputImage[] = [];
  for (const [index, image] of (body.input.images ?? []).entries()) {
    const role = input.images[index]?.role ?? 'reference';
    images.push({ role, source: await sourceOf(context, caller, image, `input.images[${index}]`, 'image', purposeOf(role)) });
  }
  const video = body.type === 'video' ? body.input.video : undefined;
  if (video === undefined || video === null) return { ...input, images };
  return { ...input, images, video: await sourceOf(context, caller, video, 'input.video', 'video') };
}

/** One named image or video as the caller's asset, or as a link that was checked. */
export async function sourceOf(
  context: Sourcing,
  caller: Caller,
  source: NamedSource,
  place: string,
  expect: 'image' | 'video',
  purpose?: ReturnType<typeof purposeOf>,
): Promise<MediaSource> {
  if (source.asset_id !== undefined)
    return resolveMedia(context, caller, { assetId: source.asset_id }, { param: `${place}.asset_id`, expect, purpose });
  if (source.url !== undefined) return resolveMedia(context, caller, { url: source.url }, { param: `${place}.url`, expect });
  const param = `${place}.data`;
  const data = source.data ?? '';
  if (/^data:/i.test(data)) return resolveMedia(context, caller, { url: data }, { param, expect, purpose });
  return { assetId: await keepAsset(context, caller, { source: { bytes: decodeBase64(data, param) }, expect, param, purpose }) };
}
