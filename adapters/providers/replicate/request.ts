import type { MediaCall, MediaFile } from '../../../domain/provider/provider';
import type { JsonObject } from '../shared/json';
import { mappedInput, type InputNames } from '../shared/mapped-input';

/** What most models at Replicate call the canonical parameters; the route's `map` names the others. */
const FIELDS = {
  prompt: 'prompt',
  negative_prompt: 'negative_prompt',
  // Most know ratios alone: `map: { size: "size" }` is for one that takes pixels.
  size: 'aspect_ratio',
  aspect_ratio: 'aspect_ratio',
  resolution: 'resolution',
  quality: 'quality',
  n: 'num_outputs',
  seed: 'seed',
  duration_s: 'duration',
  audio: 'generate_audio',
  format: 'output_format',
  background: 'background',
  compression: 'output_quality',
  first_frame: 'image',
  last_frame: 'last_frame',
  mask: 'mask',
  video: 'video',
} as const;

/** A prediction's `input`. @param send - gives the addresses of files */
export function replicateInput(call: MediaCall, send: (files: readonly MediaFile[]) => Promise<readonly string[]>): Promise<JsonObject> {
  const names: InputNames = {
    fields: FIELDS,
    images: { one: 'image', several: call.kind === 'image' ? 'image_input' : 'reference_images' },
    format: (format) => (format === 'jpeg' ? 'jpg' : format),
    duration: (seconds) => seconds,
    send,
  };
  return mappedInput(call, names);
}

/** Where a prediction of a model is created, and what its body names beside the input. */
export function placeOf(model: string): { readonly path: string; readonly body: JsonObject } {
  const [owner = '', name = '', ...rest] = model.split('/').map(encodeURIComponent);
  if (owner === 'deployments' && rest.length === 1) return { path: `v1/deployments/${name}/${rest.join('')}/predictions`, body: {} };
  const version = /(?:^|:)([0-9a-f]{64})$/.exec(model)?.[1];
  if (version !== undefined) return { path: 'v1/predictions', body: { version } };
  return { path: `v1/models/${owner}/${name}/predictions`, body: {} };
}
