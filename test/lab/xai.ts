import { linkTo, mp4, PNG } from './files';
import { createJobs, type LabJob } from './jobs';
import type { LabAnswer, LabRequest, LabVendor } from './vendor';

type Check = (value: unknown) => boolean;
type Form = Readonly<Record<string, Check>>;
const isText: Check = (value) => typeof value === 'string';
const isFlag: Check = (value) => typeof value === 'boolean';
const oneOf =
  (...values: readonly unknown[]): Check =>
  (value) =>
    values.includes(value);
const between =
  (least: number, most: number): Check =>
  (value) =>
    Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
const isUrl =
  (kind: string): Check =>
  (value) =>
    typeof value === 'string' && new RegExp(`^(https?://\\S+|data:${kind}/[\\w.+-]+;base64,[A-Za-z0-9+/]+={0,2})$`).test(value);
const source =
  (kind: string, ...more: readonly string[]): Check =>
  (value) => {
    const { url, ...rest } = Object(value) as { url?: unknown };
    return isUrl(kind)(url) && Object.keys(rest).every((name) => more.includes(name));
  };
const listOf =
  (most: number, item: Check): Check =>
  (value) =>
    Array.isArray(value) && value.length >= 1 && value.length <= most && value.every(item);

const IMAGE: Form = {
  model: oneOf('grok-imagine-image', 'grok-imagine-image-pro'),
  prompt: isText,
  n: between(1, 10),
  response_format: oneOf('url', 'b64_json'),
  aspect_ratio: oneOf('1:1', '3:4', '4:3', '9:16', '16:9', '2:3', '3:2', '9:19.5', '19.5:9', '9:20', '20:9', '1:2', '2:1', 'auto'),
  resolution: oneOf('1k', '2k'),
  quality: oneOf('low', 'medium', 'high'),
  user: isText,
};
const VIDEO: Form = { model: oneOf('grok-imagine-video', 'grok-imagine-video-1.5'), prompt: isText, user: isText };
const FORMS: Readonly<Record<string, Form>> = {
  'images/generations': IMAGE,
  'images/edits': { ...IMAGE, image: source('image', 'type'), images: listOf(10, source('image', 'type')) },
  'videos/generations': {
    ...VIDEO,
    image: source('image'),
    last_frame: source('image'),
    reference_images: listOf(7, source('image')),
    duration: between(1, 15),
    aspect_ratio: oneOf('1:1', '16:9', '9:16', '4:3', '3:4', '3:2', '2:3'),
    resolution: oneOf('480p', '720p', '1080p'),
    generate_audio: isFlag,
  },
  'videos/edits': { ...VIDEO, video: source('video') },
};
/** 0.25 USD. */
const TICKS = 2_500_000_000;

type Asked = Readonly<Record<string, unknown>>;

export interface XaiLab extends LabVendor {
  readonly videos: ReturnType<typeof createJobs<Asked>>;
  /** How many calls for images it has carried out. */
  images(): number;
}

/** A server that speaks xAI's images and videos, below `/v1`. */
export function createXaiLab(): XaiLab {
  const videos = createJobs<Asked>(['failed', 'failed_moderated', 'expired']);
  let images = 0;
  const refuse = (status: number, message: string): LabAnswer => ({ status, json: { code: 'The request was refused', error: message } });
  const guarded =
    (handle: (request: LabRequest) => LabAnswer) =>
    (request: LabRequest): LabAnswer =>
      /^Bearer \S+$/.test(request.headers.authorization ?? '')
        ? handle(request)
        : refuse(400, 'Incorrect API key provided. You can obtain an API key from https://console.x.ai.');
  const create = (path: string, carryOut: (request: LabRequest, input: Asked) => LabAnswer): LabVendor['routes'][number] => ({
    method: 'POST',
    path: `/v1/${path}`,
    isPaid: true,
    handle: guarded((request) => {
      const input = request.json();
      const form = FORMS[path] ?? {};
      const needed = path === 'images/edits' && input['images'] === undefined ? ['image'] : path === 'videos/edits' ? ['video'] : [];
      const faults = [
        ...['model', 'prompt', ...needed].filter((name) => input[name] === undefined),
        ...Object.keys(input).filter((name) => form[name]?.(input[name]) !== true),
      ];
      if (faults.length > 0)
        return { status: 422, json: { code: 'Client specified an invalid argument', error: `Invalid request: ${faults.join(', ')}` } };
      if (request.fault === 'rejected_moderated') return refuse(400, 'Generated content rejected by content moderation.');
      return carryOut(request, input);
    }),
  });
  const makeImages = (request: LabRequest, input: Asked): LabAnswer => {
    images += 1;
    const count = typeof input['n'] === 'number' ? input['n'] : 1;
    const data = Array.from({ length: request.fault === 'no_output' ? 0 : count }, (_none, index) => {
      if (request.fault === 'filtered' && index === 0) return { url: '', respect_moderation: false };
      const shown =
        input['response_format'] === 'b64_json' ? { b64_json: PNG.toString('base64') } : { url: linkTo(request, PNG, 'image/png') };
      return { ...shown, revised_prompt: '', respect_moderation: true };
    });
    return { json: { data, usage: { cost_in_usd_ticks: TICKS } } };
  };
  const makeVideo = (request: LabRequest, input: Asked): LabAnswer => ({
    json: { request_id: videos.create(input, { fault: request.fault }).id },
  });

  return {
    kind: 'xai',
    videos,
    images: () => images,
    ownFaults: ['failed', 'failed_moderated', 'expired', 'filtered', 'no_output', 'rejected_moderated'],
    refuse,
    unknown: () => refuse(404, 'Not found'),
    routes: [
      create('images/generations', makeImages),
      create('images/edits', makeImages),
      create('videos/generations', makeVideo),
      create('videos/edits', makeVideo),
      {
        method: 'GET',
        path: '/v1/videos/:id',
        handle: guarded((request) => {
          const job = videos.look(request.params['id'] ?? '');
          return job === undefined ? refuse(404, 'Video not found') : videoAnswer(request, job);
        }),
      },
    ],
  };
}

function videoAnswer(request: LabRequest, { state, progress, fault, request: input }: LabJob<Asked>): LabAnswer {
  switch (state) {
    case 'queued':
      // As it does at times.
      return { status: 202, text: '' };
    case 'running':
      return { status: 202, json: { status: 'pending', progress: progress * 100 } };
    case 'failed':
    case 'cancelled': {
      if (fault === 'expired') return { json: { status: 'expired' } };
      const error =
        fault === 'failed_moderated'
          ? { code: 'invalid_argument', message: 'Rejected by content moderation.' }
          : { code: 'internal_error', message: 'The server broke.' };
      return { json: { status: 'failed', error } };
    }
    case 'succeeded': {
      const url = linkTo(request, mp4(), 'video/mp4');
      const video = {
        url,
        duration: typeof input['duration'] === 'number' ? input['duration'] : 6,
        respect_moderation: fault !== 'filtered',
      };
      return {
        json: {
          status: 'done',
          ...(fault === 'no_output' ? {} : { video }),
          model: input['model'],
          progress: 100,
          usage: { cost_in_usd_ticks: TICKS },
        },
      };
    }
  }
}
