import type { Model } from '../../domain/provider/catalogue';
import { AppError } from '../../domain/errors';
import type { GenerationInput, MediaInput } from '../../domain/task/generation';
import type { Endpoint } from '../../domain/task/task';
import { checkText } from './text-capabilities';

/** The name a parameter has at an endpoint, for the error. */
type NameOf = (field: string) => string;

/**
 * Refuses what the model is known not to do; what is not limited in the catalogue is the provider's to judge.
 * @throws AppError `invalid_value`, `unsupported_parameter` or `context_length_exceeded` with `param`
 */
export function checkCapabilities(model: Model, input: GenerationInput, endpoint: Endpoint): void {
  if (input.operation === 'chat' || input.operation === 'embedding') checkText(model, input, endpoint);
  else checkMedia(model, input, namesAt(endpoint));
}

function namesAt(endpoint: Endpoint): NameOf {
  if (endpoint === 'tasks' || endpoint === 'campaigns') return (field) => (field === 'images' ? 'input.images' : `output.${field}`);
  const compatible: Readonly<Record<string, string>> = {
    duration_s: 'seconds',
    format: 'output_format',
    images: endpoint === 'videos' ? 'input_reference' : 'image',
  };
  return (field) => compatible[field] ?? field;
}

function checkMedia(model: Model, input: MediaInput, nameOf: NameOf): void {
  const { capabilities, name } = model;
  const { output } = input;
  oneOf(name, nameOf('size'), output.size === 'auto' ? undefined : output.size, capabilities.sizes);
  oneOf(name, nameOf('aspect_ratio'), output.aspect_ratio, capabilities.aspectRatios);
  oneOf(name, nameOf('resolution'), output.resolution, capabilities.resolutions);
  oneOf(name, nameOf('quality'), output.quality === 'auto' ? undefined : output.quality, capabilities.qualities);
  within(name, nameOf('n'), output.n, 1, capabilities.maxN);
  within(name, nameOf('duration_s'), output.duration_s, capabilities.minDurationS, capabilities.maxDurationS);
  if (output.audio === true && capabilities.audio === false) {
    throw new AppError('unsupported_parameter', `The model "${name}" does not generate audio.`, { param: nameOf('audio') });
  }
  const images = input.images.filter((image) => image.role !== 'mask').length;
  if (images > 0 && capabilities.imageInput === false) {
    throw new AppError('unsupported_parameter', `The model "${name}" does not accept input images.`, { param: nameOf('images') });
  }
  if (capabilities.maxInputImages !== undefined && images > capabilities.maxInputImages) {
    throw new AppError(
      'invalid_value',
      `The model "${name}" takes at most ${capabilities.maxInputImages} input images, the request has ${images}.`,
      { param: nameOf('images') },
    );
  }
}

function oneOf(model: string, param: string, value: string | undefined, allowed: readonly string[] | undefined): void {
  if (value === undefined || allowed === undefined || allowed.includes(value)) return;
  throw new AppError(
    'invalid_value',
    `The model "${model}" does not offer ${param} ${JSON.stringify(value)}. It offers: ${allowed.join(', ')}.`,
    {
      param,
    },
  );
}

function within(model: string, param: string, value: number | undefined, least: number | undefined, most: number | undefined): void {
  if (value === undefined || (value >= (least ?? value) && value <= (most ?? value))) return;
  const range = [...(least === undefined ? [] : [`at least ${least}`]), ...(most === undefined ? [] : [`at most ${most}`])].join(' and ');
  throw new AppError('invalid_value', `${param} must be ${range} for the model "${model}", not ${value}.`, { param });
}
