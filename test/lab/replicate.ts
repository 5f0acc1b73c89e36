import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { linkTo, mp4, PNG } from './files';
import { createJobs, type LabJob } from './jobs';
import type { LabAnswer, LabRequest, LabVendor } from './vendor';

type Check = (value: unknown) => boolean;
interface Model {
  readonly output: 'one' | 'list' | 'object' | 'video' | 'text';
  readonly required: readonly string[];
  readonly fields: Readonly<Record<string, Check>>;
}
const isText: Check = (value) => typeof value === 'string';
const isWhole: Check = (value) => Number.isInteger(value);
const isFlag: Check = (value) => typeof value === 'boolean';
const oneOf =
  (...values: readonly unknown[]): Check =>
  (value) =>
    values.includes(value);
const isFile: Check = (value) =>
  typeof value === 'string' && /^(https?:\/\/\S+|data:[\w.+-]+\/[\w.+-]+;base64,[A-Za-z0-9+/]+={0,2})$/.test(value);
const areFiles: Check = (value) => Array.isArray(value) && value.length > 0 && value.every(isFile);
const RATIO = oneOf('1:1', '16:9', '21:9', '3:2', '2:3', '4:5', '5:4', '3:4', '4:3', '9:16', '9:21');

const FLUX: Model = {
  output: 'list',
  required: ['prompt'],
  fields: {
    prompt: isText,
    image: isFile,
    aspect_ratio: RATIO,
    num_outputs: oneOf(1, 2, 3, 4),
    seed: isWhole,
    output_format: oneOf('webp', 'jpg', 'png'),
    output_quality: isWhole,
    go_fast: isFlag,
  },
};
const VERSION = '5c7d5dc6dd8bf75c1acaa8565735e7986bc5b66206b55cca93cb72c9bf15ccaa';
const MODELS: Readonly<Record<string, Model>> = {
  'black-forest-labs/flux-dev': FLUX,
  [VERSION]: FLUX,
  'google/nano-banana': {
    output: 'one',
    required: ['prompt'],
    fields: { prompt: isText, image_input: areFiles, aspect_ratio: RATIO, output_format: oneOf('jpg', 'png') },
  },
  'acme/views': { output: 'object', required: ['prompt'], fields: { prompt: isText } },
  'acme/captions': { output: 'text', required: ['prompt'], fields: { prompt: isText } },
  'google/veo-3.1': {
    output: 'video',
    required: ['prompt'],
    fields: {
      prompt: isText,
      negative_prompt: isText,
      image: isFile,
      last_frame: isFile,
      reference_images: areFiles,
      aspect_ratio: oneOf('16:9', '9:16'),
      resolution: oneOf('720p', '1080p'),
      duration: oneOf(4, 6, 8),
      generate_audio: isFlag,
      seed: isWhole,
    },
  },
};

interface Asked {
  readonly model: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly webhook: string | null;
}

const FAILURES: Readonly<Record<string, string>> = {
  failed: 'CUDA out of memory',
  moderated: 'The input or output was flagged as sensitive. Please try again with different inputs. (E005) (lab)',
  rejected: 'The input is invalid. (E006) (lab)',
};

export interface ReplicateLab extends LabVendor {
  readonly jobs: ReturnType<typeof createJobs<Asked>>;
  /** Of its webhooks. */
  readonly secret: string;
  /** A model's version that it knows. */
  readonly version: string;
  /** A webhook as Replicate sends it. */
  webhook(body: unknown, at?: Date): { readonly headers: Record<string, string>; readonly body: Buffer };
}

/** A server that speaks Replicate's API. Stricter in one way: an unknown input is refused, not ignored. */
export function createReplicateLab(): ReplicateLab {
  const jobs = createJobs<Asked>(Object.keys(FAILURES));
  const key = randomBytes(24);
  const files = new Map<string, number>();
  const refuse = (status: number, detail: string): LabAnswer => ({
    status,
    headers: { 'content-type': 'application/problem+json' },
    json: { title: 'Refused', detail, status },
  });

  const guarded =
    (handle: (request: LabRequest) => LabAnswer | Promise<LabAnswer>) =>
    (request: LabRequest): LabAnswer | Promise<LabAnswer> =>
      /^(Bearer|Token) \S+$/.test(request.headers.authorization ?? '')
        ? handle(request)
        : { status: 401, json: { title: 'Unauthenticated', detail: 'You did not pass an authentication token', status: 401 } };

  const create = (request: LabRequest, name: string): LabAnswer => {
    const { input, webhook, webhook_events_filter: filter, version: _version, ...rest } = request.json();
    const model = MODELS[name];
    if (model === undefined) return refuse(404, 'The requested resource could not be found.');
    const fields = Object(input) as Record<string, unknown>;
    const faults = [
      ...Object.keys(rest).filter((field) => field !== 'stream'),
      ...(typeof input === 'object' && input !== null ? [] : ['input']),
      ...model.required.filter((field) => fields[field] === undefined),
      ...Object.keys(fields).filter((field) => model.fields[field]?.(fields[field]) !== true),
      ...(webhook === undefined || (isText(webhook) && URL.canParse(webhook as string)) ? [] : ['webhook']),
      ...(filter === undefined || (Array.isArray(filter) && filter.every(oneOf('start', 'output', 'logs', 'completed')))
        ? []
        : ['webhook_events_filter']),
    ];
    if (faults.length > 0) {
      const invalid = faults.map((field) => ({ field, type: 'invalid', description: `${field} is not valid` }));
      return {
        status: 422,
        json: {
          title: 'Input validation failed',
          detail: invalid.map(({ description }) => description).join('\n'),
          status: 422,
          invalid_fields: invalid,
        },
      };
    }
    const job = jobs.create(
      { model: name, input: fields, webhook: typeof webhook === 'string' ? webhook : null },
      { fault: request.fault },
    );
    return { status: 201, json: predictionOf(request, job) };
  };
  const withJob = (request: LabRequest, handle: (job: LabJob<Asked>) => LabAnswer): LabAnswer => {
    const job = jobs.get(request.params['id'] ?? '');
    return job === undefined ? refuse(404, 'The requested resource could not be found.') : handle(job);
  };

  return {
    kind: 'replicate',
    jobs,
    secret: `whsec_${key.toString('base64')}`,
    version: VERSION,
    ownFaults: [...Object.keys(FAILURES), 'no_output', 'expired_link'],
    refuse,
    unknown: () => refuse(404, 'The requested resource could not be found.'),
    webhook(body, at = new Date()) {
      const bytes = Buffer.from(JSON.stringify(body));
      const [id, time] = [`msg_${randomUUID()}`, String(Math.floor(at.getTime() / 1000))];
      const signature = createHmac('sha256', key).update(`${id}.${time}.${bytes.toString()}`).digest('base64');
      return { headers: { 'webhook-id': id, 'webhook-timestamp': time, 'webhook-signature': `v1,${signature}` }, body: bytes };
    },
    routes: [
      {
        method: 'POST',
        path: '/v1/models/:owner/:name/predictions',
        isPaid: true,
        handle: guarded((request) => create(request, `${request.params['owner']}/${request.params['name']}`)),
      },
      {
        method: 'POST',
        path: '/v1/predictions',
        isPaid: true,
        handle: guarded((request) => create(request, String(request.json()['version']))),
      },
      {
        method: 'GET',
        path: '/v1/predictions/:id',
        handle: guarded((request) => {
          jobs.look(request.params['id'] ?? '');
          return withJob(request, (job) => ({ json: predictionOf(request, job) }));
        }),
      },
      {
        method: 'POST',
        path: '/v1/predictions/:id/cancel',
        handle: guarded((request) => {
          jobs.cancel(request.params['id'] ?? '');
          return withJob(request, (job) => ({ json: predictionOf(request, job) }));
        }),
      },
      {
        method: 'POST',
        path: '/v1/files',
        handle: guarded(async (request) => {
          const [content] = (await request.form()).files.filter(({ field }) => field === 'content');
          if (content === undefined) return refuse(422, 'content is missing');
          const id = randomUUID();
          files.set(id, content.bytes.length);
          return {
            status: 201,
            json: {
              id,
              name: content.filename,
              content_type: content.contentType,
              size: content.bytes.length,
              urls: { get: `${request.origin}/v1/files/${id}` },
            },
          };
        }),
      },
      {
        method: 'GET',
        path: '/v1/webhooks/default/secret',
        handle: guarded(() => ({ json: { key: `whsec_${key.toString('base64')}` } })),
      },
    ],
  };
}

const STATUS = { queued: 'starting', running: 'processing', succeeded: 'succeeded', failed: 'failed', cancelled: 'canceled' } as const;

function predictionOf(request: LabRequest, job: LabJob<Asked>): Record<string, unknown> {
  const { id, state, fault } = job;
  const url = `${request.origin}/v1/predictions/${id}`;
  return {
    id,
    model: job.request.model,
    input: job.request.input,
    logs: 'Using seed: 7',
    error: state === 'failed' ? FAILURES[fault ?? ''] : null,
    output: state === 'succeeded' ? outputOf(request, job) : null,
    status: STATUS[state],
    created_at: new Date().toISOString(),
    ...(state === 'succeeded' ? { metrics: { predict_time: 0.1, total_time: 0.2 } } : {}),
    data_removed: false,
    urls: { get: url, cancel: `${url}/cancel`, web: url },
  };
}

function outputOf(request: LabRequest, { request: { model, input }, fault }: LabJob<Asked>): unknown {
  if (fault === 'no_output') return null;
  const image = (): string => linkTo(request, PNG, 'image/png', fault === 'expired_link' ? 0 : undefined);
  switch (MODELS[model]?.output) {
    case 'video':
      return linkTo(request, mp4(), 'video/mp4');
    case 'one':
      return image();
    case 'object':
      return { front: image(), others: [image()] };
    case 'text':
      return 'a boat on a lake';
    case 'list':
    case undefined:
      return Array.from({ length: typeof input['num_outputs'] === 'number' ? input['num_outputs'] : 1 }, image);
  }
}
