import type { OutputParams } from '../../../domain/task/generation';
import { authorizeByKey, secretOption } from '../shared/api-key';
import { askForOne } from '../shared/balance';
import { createConnection, type Connection } from '../shared/connection';
import type { MediaSupport, ProviderDescriptor } from '../shared/descriptor';
import { onlyLinks } from '../shared/media-job';
import { cancelRunway, errorOfRunway, pollRunway, submitRunway } from './job';
import { IMAGE_TO_VIDEO, TEXT_TO_IMAGE, TEXT_TO_VIDEO, type Shape } from './models';

const VERSION = '2024-11-06';
/** Runway asks not to be asked more often. */
const DEFAULT_POLL_MS = 5_000;

/** Runway's own models and those that it resells. See docs/providers/runway.md. */
export const runway: ProviderDescriptor = {
  kind: 'runway',
  address: 'https://api.dev.runwayml.com',
  options: { api_key: secretOption },
  secretOptions: ['api_key'],
  modalities: ['image', 'video'],
  params: { chat: [], embedding: [], image: [], video: [] },
  supports: (operation, model) => (operation === 'image' ? imageSupport(TEXT_TO_IMAGE[model]) : videoSupport(model)),
  create: (provider, { client }) => {
    const connection: Connection = createConnection(provider, client, {
      authorize: authorizeByKey(provider),
      headers: { 'x-runway-version': VERSION },
      errorOf: (answer, effect) => errorOfRunway(connection, answer, effect),
    });
    const pollMs = provider.pollMs ?? DEFAULT_POLL_MS;
    return {
      drawsWatermark: false,
      balance: (signal) => askForOne(connection, { path: 'v1/organization', field: 'creditBalance', currency: 'credits' }, signal),
      media: {
        submit: (call) => submitRunway(connection, call, pollMs),
        poll: (job) => pollRunway(connection, job, pollMs),
        open: onlyLinks,
        cancel: (job) => cancelRunway(connection, job),
      },
    };
  },
};

type Parameter = keyof OutputParams | 'negative_prompt';

/** The canonical parameter behind a field of the wire. */
const CANONICAL: Readonly<Record<string, Parameter>> = {
  duration: 'duration_s',
  audio: 'audio',
  seed: 'seed',
  negativePrompt: 'negative_prompt',
  outputCount: 'n',
  quality: 'quality',
  background: 'background',
  outputFormat: 'format',
};

function parametersOf(shapes: readonly (Shape | undefined)[]): readonly Parameter[] {
  const known = shapes.filter((shape) => shape !== undefined);
  const fields = known.length === 0 ? Object.keys(CANONICAL) : known.flatMap((shape) => shape.fields);
  return ['size', 'aspect_ratio', 'resolution', ...fields.flatMap((field) => CANONICAL[field] ?? [])];
}

function imageSupport(shape: Shape | undefined): MediaSupport {
  return { parameters: [...parametersOf([shape]), 'n', 'watermark'], roles: ['reference', 'subject', 'style', 'first_frame'] };
}

function videoSupport(model: string): MediaSupport {
  const [text, image] = [TEXT_TO_VIDEO[model], IMAGE_TO_VIDEO[model]];
  const isUnknown = text === undefined && image === undefined;
  const has = (field: string): boolean => isUnknown || [text, image].some((shape) => shape?.fields.includes(field) === true);
  return {
    parameters: [...parametersOf([text, image]), 'format'],
    roles: [
      ...(isUnknown || image !== undefined ? (['first_frame'] as const) : []),
      ...(has('last') ? (['last_frame'] as const) : []),
      ...(has('references') ? (['reference', 'subject', 'style'] as const) : []),
    ],
    video: has('referenceVideos'),
  };
}
