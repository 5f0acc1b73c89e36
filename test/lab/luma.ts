import { linkTo, mp4, PNG } from './files';
import { createJobs, type LabJob } from './jobs';
import type { LabAnswer, LabRequest, LabVendor } from './vendor';

type Check = (value: unknown) => boolean;
const isText: Check = (value) => typeof value === 'string';
const oneOf =
  (...values: readonly unknown[]): Check =>
  (value) =>
    values.includes(value);
const isUrl: Check = (value) =>
  typeof value === 'string' && /^(https?:\/\/\S+|data:image\/[\w.+-]+;base64,[A-Za-z0-9+/]+={0,2})$/.test(value);
const hasOnly = (value: unknown, checks: Readonly<Record<string, Check>>): boolean =>
  typeof value === 'object' && value !== null && Object.entries(value).every(([name, field]) => checks[name]?.(field) === true);
const refs: Check = (value) =>
  Array.isArray(value) &&
  value.length >= 1 &&
  value.length <= 4 &&
  value.every((item) => hasOnly(item, { url: isUrl, weight: (weight) => typeof weight === 'number' }));
const frame: Check = (value) => {
  const { type } = Object(value) as { type?: unknown };
  return type === 'image' ? hasOnly(value, { type: isText, url: isUrl }) : hasOnly(value, { type: oneOf('generation'), id: isText });
};

const COMMON: Readonly<Record<string, Check>> = {
  prompt: (value) => typeof value === 'string' && value.length >= 3 && value.length <= 5_000,
  aspect_ratio: oneOf('1:1', '16:9', '9:16', '4:3', '3:4', '21:9', '9:21'),
  callback_url: (value) => typeof value === 'string' && URL.canParse(value),
};
const FORMS: Readonly<Record<string, Readonly<Record<string, Check>>>> = {
  image: {
    ...COMMON,
    model: oneOf('photon-1', 'photon-flash-1'),
    generation_type: oneOf('image'),
    format: oneOf('jpg', 'png'),
    image_ref: refs,
    style_ref: refs,
    character_ref: (value) =>
      hasOnly(value, { identity0: (identity) => hasOnly(identity, { images: (images) => Array.isArray(images) && images.every(isUrl) }) }),
    modify_image_ref: (value) => hasOnly(value, { url: isUrl, weight: (weight) => typeof weight === 'number' }),
  },
  video: {
    ...COMMON,
    model: oneOf('ray-2', 'ray-flash-2'),
    generation_type: oneOf('video'),
    resolution: oneOf('540p', '720p', '1080p', '4k'),
    duration: oneOf('5s', '9s'),
    loop: (value) => typeof value === 'boolean',
    keyframes: (value) => hasOnly(value, { frame0: frame, frame1: frame }),
  },
};

interface Asked {
  readonly kind: 'image' | 'video';
  readonly input: Readonly<Record<string, unknown>>;
}

const REASONS: Readonly<Record<string, string>> = {
  failed: 'The generation failed.',
  moderated: 'Prompt not allowed because advanced moderation failed',
};

export interface LumaLab extends LabVendor {
  readonly jobs: ReturnType<typeof createJobs<Asked>>;
}

/** A server that speaks Luma's Dream Machine API, below `/dream-machine/v1`. */
export function createLumaLab(): LumaLab {
  const jobs = createJobs<Asked>(Object.keys(REASONS));
  const refuse = (status: number, message: string): LabAnswer => ({ status, json: { detail: message } });
  const guarded =
    (handle: (request: LabRequest) => LabAnswer) =>
    (request: LabRequest): LabAnswer =>
      /^Bearer \S+$/.test(request.headers.authorization ?? '') ? handle(request) : refuse(401, 'Not authenticated');

  const create = (kind: 'image' | 'video'): LabVendor['routes'][number] => ({
    method: 'POST',
    path: `/dream-machine/v1/generations/${kind}`,
    isPaid: true,
    handle: guarded((request) => {
      if (request.fault === 'moderated_at_once') return refuse(400, REASONS['moderated'] ?? '');
      const input = request.json();
      const form = FORMS[kind] ?? {};
      const faults = [
        ...(input['model'] === undefined ? ['model'] : []),
        ...(input['prompt'] === undefined && input['keyframes'] === undefined ? ['prompt'] : []),
        ...Object.keys(input).filter((name) => form[name]?.(input[name]) !== true),
      ];
      if (faults.length > 0)
        return {
          status: 422,
          json: { detail: faults.map((name) => ({ loc: ['body', name], msg: 'Input is not valid', type: 'value_error' })) },
        };
      const job = jobs.create({ kind, input }, { fault: request.fault });
      return { status: 201, json: generationOf(request, job) };
    }),
  });

  return {
    kind: 'luma',
    jobs,
    ownFaults: [...Object.keys(REASONS), 'moderated_at_once', 'no_output', 'ends_at_delete'],
    refuse,
    unknown: () => refuse(404, 'Not Found'),
    routes: [
      create('image'),
      create('video'),
      {
        method: 'GET',
        path: '/dream-machine/v1/generations/:id',
        handle: guarded((request) => {
          const job = jobs.look(request.params['id'] ?? '');
          return job === undefined || job.state === 'cancelled'
            ? refuse(404, 'Generation not found')
            : { json: generationOf(request, job) };
        }),
      },
      {
        method: 'DELETE',
        path: '/dream-machine/v1/generations/:id',
        handle: guarded((request) => (jobs.delete(request.params['id'] ?? '') ? { status: 204 } : refuse(404, 'Generation not found'))),
      },
    ],
  };
}

const STATE = { queued: 'queued', running: 'dreaming', succeeded: 'completed', failed: 'failed', cancelled: 'failed' } as const;

function generationOf(request: LabRequest, { id, state, fault, request: { kind, input } }: LabJob<Asked>): Record<string, unknown> {
  const link = kind === 'image' ? linkTo(request, PNG, 'image/png') : linkTo(request, mp4(), 'video/mp4');
  return {
    id,
    generation_type: kind,
    state: STATE[state],
    failure_reason: state === 'failed' ? REASONS[fault ?? ''] : null,
    created_at: new Date().toISOString(),
    assets: state === 'succeeded' && fault !== 'no_output' ? { [kind]: link } : null,
    model: input['model'],
    request: { ...input, generation_type: kind },
  };
}
