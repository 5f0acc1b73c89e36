import { createHash, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { linkTo, mp4, PNG } from './files';
import { createJobs, type LabJob } from './jobs';
import type { LabAnswer, LabRequest, LabVendor } from './vendor';

/** A field of a model's input: what it may hold. */
type Field = 'text' | 'whole' | 'number' | 'flag' | 'file' | 'files' | 'image_size' | readonly string[];
interface App {
  readonly kind: 'image' | 'video';
  readonly required: readonly string[];
  readonly fields: Readonly<Record<string, Field>>;
}

const RATIOS = ['21:9', '16:9', '3:2', '4:3', '5:4', '1:1', '4:5', '3:4', '2:3', '9:16'];
const FLUX: App['fields'] = {
  prompt: 'text',
  image_size: 'image_size',
  num_images: 'whole',
  num_inference_steps: 'whole',
  guidance_scale: 'number',
  seed: 'whole',
  output_format: ['jpeg', 'png'],
  enable_safety_checker: 'flag',
  acceleration: ['none', 'regular', 'high'],
};
const VEO: App['fields'] = {
  prompt: 'text',
  negative_prompt: 'text',
  aspect_ratio: ['auto', '16:9', '9:16'],
  resolution: ['720p', '1080p', '4k'],
  duration: ['4s', '6s', '8s'],
  generate_audio: 'flag',
  seed: 'whole',
};
/** Some of fal's models, with the inputs that the types of @fal-ai/client give them. */
const APPS: Readonly<Record<string, App>> = {
  'fal-ai/flux/dev': { kind: 'image', required: ['prompt'], fields: FLUX },
  'fal-ai/flux/dev/image-to-image': {
    kind: 'image',
    required: ['prompt', 'image_url'],
    fields: { ...FLUX, image_url: 'file', strength: 'number' },
  },
  'fal-ai/nano-banana/edit': {
    kind: 'image',
    required: ['prompt', 'image_urls'],
    fields: {
      prompt: 'text',
      image_urls: 'files',
      aspect_ratio: ['auto', ...RATIOS],
      num_images: 'whole',
      output_format: ['jpeg', 'png', 'webp'],
      seed: 'whole',
    },
  },
  'fal-ai/veo3.1': { kind: 'video', required: ['prompt'], fields: VEO },
  'fal-ai/veo3.1/image-to-video': { kind: 'video', required: ['prompt', 'image_url'], fields: { ...VEO, image_url: 'file' } },
  'fal-ai/veo3.1/first-last-frame-to-video': {
    kind: 'video',
    required: ['prompt', 'first_frame_url', 'last_frame_url'],
    fields: { ...VEO, first_frame_url: 'file', last_frame_url: 'file' },
  },
  'fal-ai/kling-video/v2.5-turbo/pro/image-to-video': {
    kind: 'video',
    required: ['prompt', 'image_url'],
    fields: {
      prompt: 'text',
      negative_prompt: 'text',
      image_url: 'file',
      tail_image_url: 'file',
      duration: ['5', '10'],
      cfg_scale: 'number',
    },
  },
};

interface Asked {
  readonly app: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly webhook: string | null;
}

/** What makes a job end with an error for its result, by fault. */
const ENDS: Readonly<Record<string, { readonly status: number; readonly errorType?: string; readonly detail: unknown }>> = {
  failed: { status: 500, errorType: 'runner_server_error', detail: 'The runner failed.' },
  rejected: { status: 422, detail: [{ loc: ['body', 'image_url'], msg: 'Could not load the image.', type: 'image_load_error' }] },
  downstream: { status: 400, detail: [{ loc: ['body'], msg: 'The service behind failed.', type: 'downstream_service_error' }] },
  moderated: {
    status: 422,
    detail: [{ loc: ['body', 'prompt'], msg: 'The content was flagged by a content checker.', type: 'content_policy_violation' }],
  },
};

export interface FalLab extends LabVendor {
  readonly jobs: ReturnType<typeof createJobs<Asked>>;
  /** A webhook as fal sends it: signed over its body. */
  webhook(body: unknown, at?: Date): { readonly headers: Record<string, string>; readonly body: Buffer };
}

/** A server that speaks fal's queue, and publishes the keys of its webhooks. Stricter than fal: an unknown input is refused, not ignored. */
export function createFalLab(): FalLab {
  const jobs = createJobs<Asked>(Object.keys(ENDS));
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');

  const refuse = (status: number, message: string): LabAnswer => ({ status, json: { detail: message } });
  const authorized =
    (handle: (request: LabRequest) => LabAnswer) =>
    (request: LabRequest): LabAnswer => {
      if (/^Key \S+$/.test(request.headers.authorization ?? '')) return handle(request);
      return refuse(401, 'No user found for Key ID and Secret');
    };
  const jobOf = (request: LabRequest, move: boolean): LabJob<Asked> | null => {
    const job = move ? jobs.look(request.params['id'] ?? '') : jobs.get(request.params['id'] ?? '');
    // A job is known under its app's owner and name alone.
    return job !== undefined && job.request.app.split('/').slice(0, 2).join('/') === request.params['app'] ? job : null;
  };
  const linksOf = (request: LabRequest, job: LabJob<Asked>): Record<string, string> => {
    const root = `${request.origin}/${job.request.app.split('/').slice(0, 2).join('/')}/requests/${job.id}`;
    return { response_url: root, status_url: `${root}/status`, cancel_url: `${root}/cancel` };
  };

  const lab: FalLab = {
    kind: 'fal',
    jobs,
    ownFaults: [...Object.keys(ENDS), 'nsfw', 'expired_link', 'no_output'],
    refuse,
    unknown: ({ path }) => refuse(404, `Path ${path} not found`),
    webhook(body, at = new Date()) {
      const bytes = Buffer.from(JSON.stringify(body));
      const [requestId, userId, timestamp] = [randomUUID(), 'lab-user', String(Math.floor(at.getTime() / 1000))];
      const digest = createHash('sha256').update(bytes).digest('hex');
      const signature = sign(null, Buffer.from([requestId, userId, timestamp, digest].join('\n')), privateKey).toString('hex');
      const names = { 'request-id': requestId, 'user-id': userId, timestamp, signature };
      const headers = Object.fromEntries(Object.entries(names).map(([name, value]) => [`x-fal-webhook-${name}`, value]));
      return { headers: { ...headers, 'content-type': 'application/json' }, body: bytes };
    },
    routes: [
      {
        method: 'GET',
        path: '/.well-known/jwks.json',
        handle: () => ({ json: { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'lab' }] } }),
      },
      {
        method: 'GET',
        path: '/*app/requests/:id/status',
        handle: authorized((request) => {
          const job = jobOf(request, true);
          if (job === null) return refuse(404, 'Request not found');
          const links = { request_id: job.id, ...linksOf(request, job) };
          if (job.state === 'queued') return { status: 202, json: { status: 'IN_QUEUE', queue_position: 0, ...links } };
          if (job.state === 'running') return { status: 202, json: { status: 'IN_PROGRESS', logs: null, ...links } };
          return { json: { status: 'COMPLETED', logs: null, metrics: { inference_time: 0.1 }, ...links } };
        }),
      },
      {
        method: 'GET',
        path: '/*app/requests/:id',
        handle: authorized((request) => {
          const job = jobOf(request, false);
          if (job === null) return refuse(404, 'Request not found');
          if (job.state === 'queued' || job.state === 'running') return refuse(400, 'Request is still in progress');
          if (job.state === 'cancelled')
            return errorAnswer({ status: 499, errorType: 'client_cancelled', detail: 'Request was cancelled' });
          const end = ENDS[job.fault ?? ''];
          return end === undefined ? { headers: { 'x-fal-request-id': job.id }, json: payloadOf(request, job) } : errorAnswer(end);
        }),
      },
      {
        method: 'PUT',
        path: '/*app/requests/:id/cancel',
        handle: authorized((request) => {
          const job = jobOf(request, false);
          if (job === null) return { status: 404, json: { status: 'NOT_FOUND' } };
          // What runs already may run to its end all the same.
          return job.state === 'running' || jobs.cancel(job.id)
            ? { status: 202, json: { status: 'CANCELLATION_REQUESTED' } }
            : { status: 400, json: { status: 'ALREADY_COMPLETED' } };
        }),
      },
      {
        method: 'POST',
        path: '/*app',
        isPaid: true,
        handle: authorized((request) => {
          const name = request.params['app'] ?? '';
          const app = APPS[name];
          if (app === undefined) return refuse(404, `Application ${JSON.stringify(name)} not found`);
          const input = request.json();
          const faults = faultsOf(app, input);
          if (faults.length > 0) return { status: 422, json: { detail: faults } };
          const job = jobs.create({ app: name, input, webhook: request.query.get('fal_webhook') }, { fault: request.fault });
          return { json: { request_id: job.id, gateway_request_id: job.id, queue_position: 0, ...linksOf(request, job) } };
        }),
      },
    ],
  };
  return lab;
}

function errorAnswer({ status, errorType, detail }: { status: number; errorType?: string; detail: unknown }): LabAnswer {
  return { status, headers: errorType === undefined ? {} : { 'x-fal-error-type': errorType }, json: { detail } };
}

function payloadOf(request: LabRequest, { request: { app, input }, fault }: LabJob<Asked>): Record<string, unknown> {
  if (fault === 'no_output') return { seed: 0 };
  const life = fault === 'expired_link' ? 0 : undefined;
  if (APPS[app]?.kind === 'video') {
    return {
      video: {
        url: linkTo(request, mp4(), 'video/mp4', life),
        content_type: 'video/mp4',
        file_name: 'output.mp4',
        file_size: mp4().length,
      },
    };
  }
  const count = typeof input['num_images'] === 'number' ? input['num_images'] : 1;
  const images = Array.from({ length: count }, () => ({
    url: linkTo(request, PNG, 'image/png', life),
    width: 8,
    height: 8,
    content_type: 'image/png',
  }));
  const flagged = images.map((_image, index) => fault === 'nsfw' && index === 0);
  return { images, seed: input['seed'] ?? 7, has_nsfw_concepts: flagged, prompt: input['prompt'], timings: { inference: 0.1 } };
}

interface InputFault {
  readonly loc: readonly string[];
  readonly msg: string;
  readonly type: string;
}

function faultsOf(app: App, input: Readonly<Record<string, unknown>>): InputFault[] {
  const missing = app.required.filter((name) => input[name] === undefined).map((name) => faultOf(name, 'Field required', 'missing'));
  const wrong = Object.entries(input).flatMap(([name, value]) => {
    const field = app.fields[name];
    if (field === undefined) return [faultOf(name, 'Extra inputs are not permitted', 'extra_forbidden')];
    return fits(field, value)
      ? []
      : [faultOf(name, `Input should be ${typeof field === 'string' ? field : field.join(' or ')}`, 'value_error')];
  });
  return [...missing, ...wrong];
}

function faultOf(name: string, msg: string, type: string): InputFault {
  return { loc: ['body', name], msg, type };
}

const isFile = (value: unknown): boolean =>
  typeof value === 'string' && /^(https?:\/\/.+|data:[\w.+-]+\/[\w.+-]+;base64,[A-Za-z0-9+/]+={0,2})$/.test(value);

function fits(field: Field, value: unknown): boolean {
  if (typeof field !== 'string') return field.includes(value as string);
  switch (field) {
    case 'text':
      return typeof value === 'string';
    case 'whole':
      return Number.isInteger(value);
    case 'number':
      return typeof value === 'number';
    case 'flag':
      return typeof value === 'boolean';
    case 'file':
      return isFile(value);
    case 'files':
      return Array.isArray(value) && value.length > 0 && value.every(isFile);
    case 'image_size': {
      if (typeof value === 'string') return /^(square|square_hd|(portrait|landscape)_(4_3|16_9))$/.test(value);
      const { width, height } = Object(value) as { width?: unknown; height?: unknown };
      return Number.isInteger(width) && Number.isInteger(height);
    }
  }
}
