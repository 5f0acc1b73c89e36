import { linkTo, mp4, PNG } from './files';
import { createJobs, type LabJob } from './jobs';
import type { LabAnswer, LabRequest, LabVendor } from './vendor';

export const ARK_KEY = 'lab-ark-key';

type Body = Readonly<Record<string, unknown>>;

const no = (status: number, code: string, message: string, param = ''): LabAnswer => ({
  status,
  json: { error: { code, message: `${message} Request id: lab`, param, type: status === 429 ? 'TooManyRequests' : 'BadRequest' } },
});

const CODE_OF: Readonly<Record<number, string>> = {
  400: 'InvalidParameter',
  401: 'AuthenticationError',
  402: 'AccountOverdueError',
  404: 'InvalidEndpointOrModel.NotFound',
  429: 'RateLimitExceeded.EndpointRPMExceeded',
  500: 'InternalServiceError',
  503: 'ServerOverloaded',
};
/** Refusals that a prompt asks for: their status and code. */
const REFUSALS: Readonly<Record<string, readonly [number, string]>> = {
  sensitive_text: [400, 'InputTextSensitiveContentDetected.PolicyViolation'],
  sensitive_image: [400, 'InputImageSensitiveContentDetected.PrivacyInformation'],
  overdue: [403, 'AccountOverdueError'],
  model_not_open: [404, 'ModelNotOpen'],
  quota: [429, 'QuotaExceeded'],
  server_overloaded: [429, 'ServerOverloaded'],
  account_rpm: [429, 'ModelAccountRpmRateLimitExceeded'],
};
const JOB_ERRORS: Readonly<Record<string, string>> = {
  failed: 'InternalServiceError',
  moderated: 'OutputVideoSensitiveContentDetected',
};

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
const textIn = (item: Body, name: string) => (typeof item[name] === 'string' ? item[name] : undefined);
const isLink = (value: unknown) => isText(value) && /^(https?:\/\/|data:image\/[a-z]+;base64,[A-Za-z0-9+/]+={0,2}$)/.test(value);
const isFlag = (value: unknown) => typeof value === 'boolean';
const isSeed = (value: unknown) => Number.isInteger(value) && Number(value) >= -1 && Number(value) < 2 ** 32;
const among =
  (...values: readonly unknown[]) =>
  (value: unknown) =>
    values.includes(value);

type Checks = Readonly<Record<string, (value: unknown) => boolean>>;
const VIDEO: Checks = {
  model: isText,
  content: Array.isArray,
  resolution: among('480p', '720p', '1080p', '4k'),
  ratio: among('16:9', '4:3', '1:1', '3:4', '9:16', '21:9', 'adaptive'),
  duration: (value) => value === -1 || (Number.isInteger(value) && Number(value) >= 2 && Number(value) <= 15),
  frames: Number.isInteger,
  generate_audio: isFlag,
  seed: isSeed,
  watermark: isFlag,
  camera_fixed: isFlag,
  return_last_frame: isFlag,
  draft: isFlag,
  service_tier: among('default', 'flex'),
  execution_expires_after: Number.isInteger,
  callback_url: isText,
  safety_identifier: isText,
};
const IMAGE: Checks = {
  model: isText,
  prompt: isText,
  image: (value) => isLink(value) || (Array.isArray(value) && value.length > 0 && value.length <= 14 && value.every(isLink)),
  size: (value) => isText(value) && /^([124]K|\d{3,4}x\d{3,4})$/.test(value),
  seed: isSeed,
  guidance_scale: (value) => typeof value === 'number',
  response_format: among('url', 'b64_json'),
  output_format: among('png', 'jpeg'),
  watermark: isFlag,
  stream: isFlag,
  sequential_image_generation: among('auto', 'disabled'),
  sequential_image_generation_options: (value) => Number.isInteger((value as Body)['max_images']),
  optimize_prompt_options: (value) => typeof value === 'object',
};

/** What is wrong with a body; null: nothing. `null` stands for a field that is not there. */
function faultOf(body: Body, checks: Checks, needed: readonly string[]): LabAnswer | null {
  const missing = needed.find((name) => body[name] === undefined || body[name] === null);
  if (missing !== undefined) return no(400, 'MissingParameter', `The request is missing ${missing}.`, missing);
  const wrong = Object.entries(body).find(([name, value]) => value !== null && checks[name]?.(value) !== true);
  return wrong === undefined ? null : no(400, 'InvalidParameter', `The parameter ${wrong[0]} is not valid.`, wrong[0]);
}

function contentFault(items: readonly unknown[]): LabAnswer | null {
  const wrong = (message: string) => no(400, 'InvalidParameter', message, 'content');
  const roles: string[] = [];
  for (const item of items as readonly Body[]) {
    if (item['type'] === 'text') {
      if (!isText(item['text'])) return wrong('A text must not be empty.');
    } else if (item['type'] === 'image_url') {
      if (!isLink((item['image_url'] as Body | undefined)?.['url'])) return wrong('image_url.url must be a URL or data URI.');
      const role = textIn(item, 'role') ?? 'first_frame';
      if (!['first_frame', 'last_frame', 'reference_image'].includes(role)) return wrong('The role of an image is not valid.');
      roles.push(role);
    } else if (item['type'] === 'video_url' || item['type'] === 'audio_url') roles.push('reference_image');
    else return wrong('The type of content is not valid.');
  }
  if (roles.includes('reference_image') && roles.some((role) => role !== 'reference_image'))
    return wrong('Frames and references cannot be mixed.');
  if (roles.filter((role) => role === 'first_frame').length > 1 || roles.filter((role) => role === 'last_frame').length > 1)
    return wrong('There is one first and one last frame.');
  return items.length === 0 ? wrong('There is no content.') : null;
}

/** Ark's API of videos and images. */
export interface ArkLab extends LabVendor {
  /** How many tasks and image calls were carried out. */
  made(): number;
  /** Tasks that were deleted after their end. */
  deletedRecords(): number;
}

export function createArkLab(): ArkLab {
  const jobs = createJobs<Body>(['failed', 'moderated']);
  const gone = new Set<string>();
  let made = 0;

  const refused = (request: LabRequest): LabAnswer | null => {
    if (request.headers.authorization !== `Bearer ${ARK_KEY}`) return no(401, 'AuthenticationError', 'The API key is not valid.');
    if (request.method === 'POST' && !(request.headers['content-type'] ?? '').startsWith('application/json'))
      return no(400, 'InvalidParameter', 'Content-Type must be application/json.');
    const refusal = REFUSALS[request.fault ?? ''];
    return refusal === undefined ? null : no(refusal[0], refusal[1], 'The lab was asked for this.');
  };
  const taskOf = (request: LabRequest, { id, request: body, state, fault }: LabJob<Body>) => ({
    id,
    model: body['model'],
    status: fault === 'expired' && state === 'succeeded' ? 'expired' : state,
    error: state === 'failed' ? { code: JOB_ERRORS[fault ?? ''], message: 'The lab was asked for this.' } : null,
    created_at: 1_764_300_000,
    updated_at: 1_764_300_001,
    ...(state === 'succeeded' && fault !== 'expired'
      ? {
          content: { video_url: linkTo(request, mp4(), 'video/mp4') },
          usage: { completion_tokens: 108_900, total_tokens: 108_900 },
          seed: body['seed'] ?? 10,
          resolution: body['resolution'] ?? '720p',
          ratio: body['ratio'] ?? '16:9',
          duration: body['duration'] ?? 5,
          framespersecond: 24,
          service_tier: 'default',
        }
      : {}),
  });
  const task = (request: LabRequest): LabJob<Body> | undefined => {
    const id = request.params['id'] ?? '';
    return gone.has(id) ? undefined : request.method === 'GET' ? jobs.look(id) : jobs.get(id);
  };
  const notFound = () => no(404, 'ResourceNotFound', 'The task does not exist.');

  return {
    kind: 'ark',
    ownFaults: [...Object.keys(REFUSALS), 'failed', 'moderated', 'expired', 'one_refused', 'all_refused', 'error_in_200'],
    refuse: (status, message) => no(status, CODE_OF[status] ?? 'InternalServiceError', message),
    unknown: ({ path }) => no(404, 'NotFound', `There is no ${path}.`),
    made: () => made,
    deletedRecords: () => gone.size,
    routes: [
      {
        method: 'POST',
        path: '/api/v3/contents/generations/tasks',
        isPaid: true,
        handle(request) {
          const refusal = refused(request);
          if (refusal !== null) return refusal;
          const body = request.json();
          const fault = faultOf(body, VIDEO, ['model', 'content']) ?? contentFault(body['content'] as readonly unknown[]);
          if (fault !== null) return fault;
          if (request.fault === 'error_in_200') return { json: { error: { code: 'InternalServiceError', message: 'Asked for.' } } };
          made += 1;
          return { json: { id: jobs.create(body, { id: `cgt-${String(Date.now())}-${String(made)}`, fault: request.fault }).id } };
        },
      },
      {
        method: 'GET',
        path: '/api/v3/contents/generations/tasks/:id',
        handle(request) {
          const found = task(request);
          return refused(request) ?? (found === undefined ? notFound() : { json: taskOf(request, found) });
        },
      },
      {
        method: 'DELETE',
        path: '/api/v3/contents/generations/tasks/:id',
        handle(request) {
          const refusal = refused(request);
          const found = task(request);
          if (refusal !== null || found === undefined) return refusal ?? notFound();
          if (found.state === 'running') return no(409, 'InvalidAction.RunningTaskDeletion', 'A running task cannot be deleted.');
          if (!jobs.cancel(found.id)) gone.add(found.id);
          return { json: {} };
        },
      },
      {
        method: 'POST',
        path: '/api/v3/images/generations',
        isPaid: true,
        handle(request) {
          const refusal = refused(request);
          if (refusal !== null) return refusal;
          const body = request.json();
          const fault = faultOf(body, IMAGE, ['model', 'prompt']);
          if (fault !== null) return fault;
          made += 1;
          const isSeries = body['sequential_image_generation'] === 'auto';
          const most = isSeries ? Number((body['sequential_image_generation_options'] as Body | null)?.['max_images'] ?? 15) : 1;
          const sensitive = { error: { code: 'OutputImageSensitiveContentDetected', message: 'The image may be sensitive.' } };
          const image = () =>
            body['response_format'] === 'b64_json' ? { b64_json: PNG.toString('base64') } : { url: linkTo(request, PNG, 'image/png') };
          const data = Array.from({ length: most }, (_, index) =>
            request.fault === 'all_refused' || (request.fault === 'one_refused' && index === 1)
              ? sensitive
              : { ...image(), size: '2048x2048' },
          );
          const images = data.filter((item) => !('error' in item)).length;
          const usage = { generated_images: images, output_tokens: images * 16_384, total_tokens: images * 16_384 };
          return { json: { model: body['model'], created: 1_764_300_000, data, usage } };
        },
      },
    ],
  };
}
