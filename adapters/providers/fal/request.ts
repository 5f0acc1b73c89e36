import type { MediaCall } from '../../../domain/provider/provider';
import type { JsonObject } from '../shared/json';
import { mappedInput, type InputNames } from '../shared/mapped-input';

/** What most of fal's models call the canonical parameters (counted over the types of @fal-ai/client); `map` names the others. */
const FIELDS = {
  prompt: 'prompt',
  negative_prompt: 'negative_prompt',
  size: 'image_size',
  aspect_ratio: 'aspect_ratio',
  resolution: 'resolution',
  quality: 'quality',
  n: 'num_images',
  seed: 'seed',
  duration_s: 'duration',
  audio: 'generate_audio',
  format: 'output_format',
  background: 'background',
  compression: 'output_compression',
  first_frame: 'image_url',
  last_frame: 'end_image_url',
  mask: 'mask_url',
  video: 'video_url',
} as const;

/** Models that write seconds as "8s"; the others write "8", which fields of numbers accept as well. */
const WITH_UNIT = /veo|luma-dream-machine|kandinsky|marey/;

/** Image models that know ratios alone. */
const WITHOUT_SIZES = /nano-banana|gemini|imagen|kontext|ultra|grok|fibo/;

/** The input of a model at fal: images travel inside it as data URIs. */
export function falInput(call: MediaCall): Promise<JsonObject> {
  const names: InputNames = {
    fields: WITHOUT_SIZES.test(call.model) ? { ...FIELDS, size: FIELDS.aspect_ratio } : FIELDS,
    images: { one: 'image_url', several: 'image_urls' },
    format: (format) => format,
    duration: (seconds) => `${seconds}${WITH_UNIT.test(call.model) ? 's' : ''}`,
  };
  return mappedInput(call, names);
}

/** Where a model is: `fal-ai/flux/dev`. */
export function appPath(model: string): string {
  return segmentsOf(model).join('/');
}

/**
 * Where a job of a model is: below the app's owner and name, without the rest of its path, as @fal-ai/client builds it.
 * @example jobPath('fal-ai/flux/dev', 'abc') // 'fal-ai/flux/requests/abc'
 */
export function jobPath(model: string, id: string): string {
  const segments = segmentsOf(model);
  const app = segments.slice(0, segments[0] === 'workflows' || segments[0] === 'comfy' ? 3 : 2);
  return `${app.join('/')}/requests/${encodeURIComponent(id)}`;
}

function segmentsOf(model: string): readonly string[] {
  return model
    .split('/')
    .filter((segment) => segment !== '' && segment !== '.' && segment !== '..')
    .map(encodeURIComponent);
}
