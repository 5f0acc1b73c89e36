import { linkTo, PNG } from './files';
import { createJobs, type LabJob } from './jobs';
import type { LabAnswer, LabRequest, LabVendor } from './vendor';

type Check = (value: unknown) => boolean;
const isText: Check = (value) => typeof value === 'string';
const between =
  (least: number, most: number): Check =>
  (value) =>
    Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
const isSide: Check = (value) => between(256, 1920)(value) && (value as number) % 16 === 0;
/** Bare base64, or an address; no data URI. */
const isImage: Check = (value) => typeof value === 'string' && /^(https?:\/\/\S+|[A-Za-z0-9+/]+={0,2})$/.test(value);
const COMMON: Readonly<Record<string, Check>> = {
  prompt: isText,
  seed: (value) => Number.isInteger(value),
  output_format: (value) => value === 'jpeg' || value === 'png',
  safety_tolerance: between(0, 6),
  prompt_upsampling: (value) => typeof value === 'boolean',
  webhook_url: (value) => typeof value === 'string' && URL.canParse(value),
  webhook_secret: isText,
};
const inputs = (most: number): Readonly<Record<string, Check>> =>
  Object.fromEntries(Array.from({ length: most }, (_none, index) => [`input_image${index === 0 ? '' : `_${index + 1}`}`, isImage]));
const isRatio: Check = (value) => typeof value === 'string' && /^\d{1,2}:\d{1,2}$/.test(value);
const MODELS: Readonly<Record<string, Readonly<Record<string, Check>>>> = {
  'flux-2-pro': { ...COMMON, width: isSide, height: isSide, ...inputs(10) },
  'flux-pro-1.1': { ...COMMON, width: isSide, height: isSide },
  'flux-pro-1.1-ultra': { ...COMMON, aspect_ratio: isRatio, raw: (value) => typeof value === 'boolean' },
  'flux-kontext-pro': { ...COMMON, aspect_ratio: isRatio, ...inputs(4) },
  'flux-pro-1.0-fill': { ...COMMON, image: isImage, mask: isImage },
};

interface Asked {
  readonly model: string;
  readonly input: Readonly<Record<string, unknown>>;
}

export interface BflLab extends LabVendor {
  readonly jobs: ReturnType<typeof createJobs<Asked>>;
}

/** A server that speaks the API of Black Forest Labs. Stricter in one way: an unknown input is refused, not ignored. */
export function createBflLab(): BflLab {
  const jobs = createJobs<Asked>(['failed', 'request_moderated', 'content_moderated']);
  const refuse = (status: number, message: string): LabAnswer => ({ status, json: { detail: message } });
  const guarded =
    (handle: (request: LabRequest) => LabAnswer) =>
    (request: LabRequest): LabAnswer =>
      /^\S+$/.test(String(request.headers['x-key'] ?? '')) ? handle(request) : refuse(403, 'Not authenticated - Invalid Authentication');

  return {
    kind: 'bfl',
    jobs,
    ownFaults: ['failed', 'request_moderated', 'content_moderated', 'no_output', 'region', 'elsewhere'],
    refuse,
    unknown: () => refuse(404, 'Not Found'),
    routes: [
      { method: 'GET', path: '/v1/get_result', handle: guarded((request) => resultOf(request, jobs.look(request.query.get('id') ?? ''))) },
      // As a region's own server would be asked.
      {
        method: 'GET',
        path: '/region/v1/get_result',
        handle: guarded((request) => resultOf(request, jobs.look((request.query.get('id') ?? '').replace('eu-', '')))),
      },
      {
        method: 'POST',
        path: '/v1/:model',
        isPaid: true,
        handle: guarded((request) => {
          const model = request.params['model'] ?? '';
          const form = MODELS[model];
          if (form === undefined) return refuse(404, 'Not Found');
          const input = request.json();
          const faults = [
            ...(input['prompt'] === undefined ? ['prompt'] : []),
            ...Object.keys(input).filter((name) => form[name]?.(input[name]) !== true),
          ];
          if (faults.length > 0)
            return {
              status: 422,
              json: { detail: faults.map((name) => ({ loc: ['body', name], msg: 'Input is not valid', type: 'value_error' })) },
            };
          const { id } = jobs.create({ model, input }, { fault: request.fault });
          const places: Readonly<Record<string, string>> = {
            region: `${request.origin}/region/v1/get_result?id=eu-${id}`,
            elsewhere: `http://attacker.example/v1/get_result?id=${id}`,
          };
          return {
            json: {
              id,
              polling_url: places[request.fault ?? ''] ?? `${request.origin}/v1/get_result?id=${id}`,
              cost: 4,
              input_mp: 0,
              output_mp: 1,
            },
          };
        }),
      },
    ],
  };
}

function resultOf(request: LabRequest, job: LabJob<Asked> | undefined): LabAnswer {
  if (job === undefined) return { json: { id: request.query.get('id'), status: 'Task not found', result: null } };
  const { id, state, progress, fault } = job;
  if (state === 'queued' || state === 'running') return { json: { id, status: 'Pending', result: null, progress, details: null } };
  if (state === 'failed' || state === 'cancelled') {
    const words: Readonly<Record<string, string>> = { request_moderated: 'Request Moderated', content_moderated: 'Content Moderated' };
    const details = fault === 'failed' ? 'The server broke.' : { 'Moderation Reasons': ['Safety Filter'] };
    return {
      json: {
        id,
        status: words[fault ?? ''] ?? 'Error',
        result: null,
        progress: null,
        details,
        cost: fault === 'content_moderated' ? 4 : 0,
      },
    };
  }
  const sample = linkTo(request, PNG, 'image/png');
  return {
    json: {
      id,
      status: 'Ready',
      result: fault === 'no_output' ? {} : { sample, seed: 7, prompt: 'a' },
      progress: null,
      details: null,
      cost: 4.5,
    },
  };
}
