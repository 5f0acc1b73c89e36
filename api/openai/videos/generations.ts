import type { Router, Request, Response } from 'express';
import { z } from 'zod';
import { AppError } from '../../../domain/errors';
import { signLinks } from '../../../domain/task/asset-links';
import { servedModelOf } from '../../../domain/task/object';
import { isTerminal, type TaskSummary } from '../../../domain/task/task';
import type { InputImage, MediaInput, OutputParams } from '../../../domain/task/generation';
import type { ApiContext, Authenticating, Presenting, Sourcing, SubmittingMedia, UsingTemplates } from '../../deps';
import { duration as seconds, shared } from '../../fields/creative';
import { callerOf, catalogueOf, scopeOf } from '../../http/context';
import { parseWith } from '../../http/faults';
import { baseUrlOf } from '../../http/request-headers';
import { createRoutes } from '../../http/routes';
import { sendJson, setRun } from '../../http/send';
import { routingFields, wishOf } from '../../submit/routing-fields';
import { templateFields } from '../../templates/fields';
import { templatedMedia, VIDEO_PLACES } from '../../templates/media-request';
import { findTask } from '../../tasks/find';
import { IMAGE_FORM } from '../../uploads/limits';
import { withBody } from '../../uploads/read-body';
import { extraFields, looseSchema, type ImageReference } from '../images/schema';
import type { GivenImage } from '../input-images';
import { extrasOf, given } from '../params';
import { defaultModel, providerOf, submitCompatible } from '../submit-media';
import { errorOf, progressOf, STATUSES } from './map';

const VIDEOS = { type: 'video', places: VIDEO_PLACES, imageFields: ['image', 'images', 'input_reference'] } as const;

type Deps = Authenticating &
  Presenting &
  Sourcing &
  SubmittingMedia &
  UsingTemplates &
  Pick<ApiContext, 'catalogue' | 'droppedParams' | 'objects'>;

const MOST_IMAGES = 16;
const side = z.int().min(16).max(8_192);

/** What stands in `metadata` counts like a field of its own, unless that is there too. */
const metadata = z.looseObject({ ...extraFields, audio: z.boolean().nullish() });

/** Body of `POST /v1/video/generations`, New API's form of a video request. */
export const videoGenerationSchema = z
  .looseObject({
    model: z.string().min(1).max(255).nullish(),
    prompt: z.string().min(1).max(32_000),
    image: looseSchema.nullish().describe('The first frame: a URL, a data: URL, base64, or `{asset_id}`.'),
    images: z.array(looseSchema).max(MOST_IMAGES).nullish().describe('The first frame, then references.'),
    input_reference: looseSchema.nullish(),
    duration: seconds.nullish(),
    seconds: seconds.nullish(),
    width: side.nullish(),
    height: side.nullish(),
    size: shared.size,
    n: z.literal(1, 'must be 1: send a request for each video').nullish(),
    response_format: z.literal('url', 'must be "url": videos are given by link').nullish(),
    user: z.string().max(512).nullish(),
    callback_url: z.string().min(1).max(2_048).nullish(),
    metadata: metadata.nullish(),
    ...extraFields,
    audio: z.boolean().nullish(),
    ...routingFields,
    ...templateFields,
  })
  .meta({ id: 'VideoGenerationRequest' });
type VideoGenerationRequest = z.infer<typeof videoGenerationSchema>;

/** New API's video task. */
export const videoGenerationAnswer = z
  .object({
    id: z.string(),
    task_id: z.string(),
    object: z.literal('video'),
    model: z.string(),
    status: z.enum(['queued', 'in_progress', 'completed', 'failed']),
    progress: z.int().min(0).max(100),
    created_at: z.int(),
    completed_at: z.int().nullable(),
    url: z.string().nullable().describe('Works for an hour without a key; ask again for a new one.'),
    format: z.string().nullable(),
    metadata: z.looseObject({ url: z.string().optional() }),
    error: z.object({ code: z.string(), message: z.string() }).nullable(),
  })
  .meta({ id: 'VideoGeneration' });

/** Routes of New API's form of video requests, over the same tasks as `/v1/videos`. */
export function videoGenerationsRouter(context: Deps): Router {
  const routes = createRoutes(context, '/v1');
  routes.post('/video/generations', async (request, response) => {
    const id = await createGeneration(context, request, response);
    await send(context, request, response, id);
  });
  routes.get('/video/generations/:id', (request, response) => send(context, request, response, request.params.id));
  return routes.done();
}

function createGeneration(context: Deps, request: Request, response: Response): Promise<string> {
  return withBody(context, request, response, { limits: IMAGE_FORM, kinds: {} }, async (body) => {
    const isForm = request.is('multipart/form-data') !== false;
    const asked = await templatedMedia(context, response, body.fields, { ...VIDEOS, isForm, hasFiles: body.files.length > 0 });
    const fields = parseWith(videoGenerationSchema, asked.fields);
    return submitCompatible(context, request, response, body, {
      endpoint: 'video.generations',
      answered: { status: 200 },
      model: fields.model ?? fields.models?.[0] ?? defaultModel(catalogueOf(context, response), callerOf(response), 'video'),
      images: [...imagesOf(fields), ...asked.images],
      template: asked.template,
      callbackUrl: fields.callback_url ?? null,
      aside: { user: fields.user },
      ...wishOf(fields),
      input: (images) => asked.input(inputOf(fields, images)),
    });
  });
}

function imagesOf({ image, images, input_reference: reference }: VideoGenerationRequest): readonly GivenImage[] {
  const named = [
    ...[image].map((from) => ({ param: 'image', from })),
    ...[reference].map((from) => ({ param: 'input_reference', from })),
    ...(images ?? []).map((from, index) => ({ param: `images[${index}]`, from })),
  ];
  return named
    .flatMap(({ param, from }) => (from === null || from === undefined ? [] : [{ param, from: addressed(from) }]))
    .map((one, index) => ({ ...one, role: index === 0 ? 'first_frame' : 'reference' }));
}

/** Base64 alone becomes a data: URL; what it holds is told by its bytes. */
function addressed(image: ImageReference): ImageReference {
  const { image_url: url } = image;
  if (url === undefined || /^\s*[a-z][a-z0-9+.-]*:/i.test(url)) return image;
  return { image_url: `data:image/png;base64,${url.trim()}` };
}

function inputOf(request: VideoGenerationRequest, images: readonly InputImage[]): MediaInput {
  const { width, height, duration, metadata: aside = {} } = request;
  if ((width ?? null) === null ? (height ?? null) !== null : (height ?? null) === null) {
    const param = (width ?? null) === null ? 'width' : 'height';
    throw new AppError('missing_required_parameter', `Missing required parameter: ${param}. Give width and height, or neither.`, { param });
  }
  const merged = { ...aside, ...given<Partial<VideoGenerationRequest>>(request) };
  const size = width === undefined || width === null || height === undefined || height === null ? merged.size : `${width}x${height}`;
  return {
    operation: 'video',
    prompt: request.prompt,
    ...given<{ negative_prompt?: string }>({ negative_prompt: merged.negative_prompt }),
    images,
    output: given<OutputParams>({
      size,
      aspect_ratio: merged.aspect_ratio,
      resolution: merged.resolution,
      seed: merged.seed,
      duration_s: duration ?? request.seconds,
      audio: merged.audio,
      watermark: merged.watermark,
    }),
    params: { ...extrasOf(aside ?? {}, metadata), ...extrasOf(request, videoGenerationSchema) },
  };
}

async function send(context: Deps, request: Request, response: Response, id: string): Promise<void> {
  const task = await findTask(context, scopeOf(response), id);
  if (task.operation !== 'video') throw new AppError('not_found', `There is no video ${JSON.stringify(id.slice(0, 100))} here.`);
  setRun(response, task.id, providerOf(task));
  if (!isTerminal(task.status)) response.setHeader('retry-after', '2');
  sendJson(response, 200, generationObject(context, request, task));
}

function generationObject(context: Presenting, request: Request, task: TaskSummary): z.infer<typeof videoGenerationAnswer> {
  const [video] = task.outputs;
  const links = signLinks(context.links, task.outputs, { baseUrl: baseUrlOf(context.settings, request), now: context.now() });
  const url = video === undefined ? null : (links.get(video.id)?.url ?? null);
  const error = errorOf(task);
  return {
    id: task.id,
    task_id: task.id,
    object: 'video',
    model: servedModelOf(task),
    status: STATUSES[task.status],
    progress: progressOf(task),
    created_at: Math.floor(task.createdAt.getTime() / 1_000),
    completed_at: task.status === 'succeeded' && task.finishedAt !== null ? Math.floor(task.finishedAt.getTime() / 1_000) : null,
    url,
    format: video === undefined ? null : (video.contentType.split('/')[1] ?? null),
    metadata: {
      ...(url === null ? {} : { url }),
      ...given<object>({
        duration: video?.durationS ?? task.output.duration_s,
        width: video?.width,
        height: video?.height,
        seed: task.output.seed,
      }),
    },
    error: error === null ? null : { code: error.code, message: error.message },
  };
}
