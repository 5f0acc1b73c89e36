import type { Model } from '../provider/catalogue';
import { AppError } from '../errors';
import { isMediaInput, type GenerationInput, type MediaInput } from '../task/generation';
import type { Endpoint } from '../task/task';
import { misfitOfModel, misfitOfRoute, type MediaParameter, type Misfit } from '../provider/media-support';
import { checkText } from './text-capabilities';

/** The name a parameter has at an endpoint, for the error. */
type NameOf = (field: string) => string;

/**
 * Refuses what the model is known not to do; what is not limited in the catalogue is the provider's to judge.
 * @throws AppError `invalid_value`, `unsupported_parameter` or `context_length_exceeded` with `param`
 */
export function checkCapabilities(model: Model, input: GenerationInput, endpoint: Endpoint): void {
  if (isMediaInput(input)) checkMedia(model, input, endpoint);
  else checkText(model, input, endpoint);
}

function namesAt(endpoint: Endpoint): NameOf {
  if (endpoint === 'tasks' || endpoint === 'campaigns') {
    return (field) => `${['images', 'video', 'negative_prompt'].includes(field) ? 'input' : 'output'}.${field}`;
  }
  const compatible: Readonly<Record<string, string>> = {
    duration_s: endpoint === 'video.generations' ? 'duration' : 'seconds',
    format: 'output_format',
    images: endpoint === 'videos' ? 'input_reference' : 'image',
  };
  return (field) => compatible[field] ?? field;
}

function checkMedia(model: Model, input: MediaInput, endpoint: Endpoint): void {
  const misfit = misfitOfModel(model, input) ?? misfitOfAll(model, input);
  if (misfit !== null) throw misfitError(model.name, misfit, endpoint);
}

/** The error of a misfit, with the parameter as the caller wrote it and what is allowed. */
export function misfitError(model: string, misfit: Misfit, endpoint: Endpoint, more = ''): AppError {
  const nameOf = namesAt(endpoint);
  const [first = ''] = /^\w+/.exec(misfit.param) ?? [];
  const param = `${nameOf(first)}${misfit.param.slice(first.length)}`;
  const message = `${messageOf(model, misfit, param, nameOf)}${more}`;
  return new AppError(misfit.kind === 'value' ? 'invalid_value' : 'unsupported_parameter', message, { param });
}

/** What none of the routes can do: told of the one that is tried first. */
function misfitOfAll({ routes }: Model, input: MediaInput): Misfit | null {
  const misfits = routes.toSorted((left, right) => right.priority - left.priority).map((route) => misfitOfRoute(route, input));
  const [first] = misfits;
  return first === undefined || misfits.includes(null) ? null : first;
}

function messageOf(model: string, { param, kind, asked, offers }: Misfit, name: string, nameOf: NameOf): string {
  if (kind === 'value') {
    if (param === 'images') return `The model "${model}" takes ${offers.join(' and ')} input images, the request has ${asked}.`;
    const isBound = offers.some((offer) => offer.startsWith('at '));
    if (isBound) return `${name} must be ${offers.join(' and ')} for the model "${model}", not ${asked}.`;
    return `The model "${model}" does not offer ${name} ${asked}. It offers: ${offers.join(', ')}.`;
  }
  if (param === 'images') return `The model "${model}" does not accept input images.`;
  if (param === 'video') return `The model "${model}" does not accept an input video.`;
  if (param === 'audio' && offers.length === 0) return `The model "${model}" does not generate audio.`;
  const allowed = (offers as readonly MediaParameter[]).map((offer) => nameOf(offer)).join(', ');
  return `The model "${model}" has no parameter ${name}. ${allowed === '' ? 'It takes none beside the prompt.' : `It takes: ${allowed}.`}`;
}
