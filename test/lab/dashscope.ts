import { linkTo, mp4, PNG } from './files';
import { createJobs, type LabJob } from './jobs';
import type { LabAnswer, LabRequest, LabRoute, LabVendor } from './vendor';

export const DASHSCOPE_KEY = 'lab-dashscope-key';

type Body = Readonly<Record<string, unknown>>;
type Checks = Readonly<Record<string, (value: unknown) => boolean>>;

const no = (status: number, code: string, message: string): LabAnswer => ({ status, json: { code, message, request_id: 'lab-request' } });

const CODE_OF: Readonly<Record<number, readonly [number, string]>> = {
  400: [400, 'InvalidParameter'],
  401: [401, 'InvalidApiKey'],
  402: [400, 'Arrearage'],
  404: [404, 'ModelNotFound'],
  429: [429, 'Throttling.RateQuota'],
  500: [500, 'InternalError'],
  503: [503, 'ServiceUnavailable'],
};
/** Refusals that a prompt asks for: their status and code. */
const REFUSALS: Readonly<Record<string, readonly [number, string]>> = {
  inspection: [400, 'DataInspectionFailed'],
  infringement: [400, 'IPInfringementSuspect'],
  arrearage: [400, 'Arrearage'],
  no_quota: [429, 'insufficient_quota'],
  free_tier: [403, 'AllocationQuota.FreeTierOnly'],
  allocation: [429, 'Throttling.AllocationQuota'],
  no_access: [403, 'Model.AccessDenied'],
  internal: [500, 'InternalError.Algo'],
};
const JOB_ERRORS: Readonly<Record<string, string>> = { failed: 'InternalError.Timeout', moderated: 'DataInspectionFailed' };

const modelOf = (body: Body): string => (typeof body['model'] === 'string' ? body['model'] : '');
const isText = (value: unknown): value is string => typeof value === 'string';
const isFlag = (value: unknown) => typeof value === 'boolean';
const isLink = (value: unknown) => isText(value) && /^(https?:\/\/|oss:\/\/|data:image\/[a-z]+;base64,)/.test(value);
/** One SDK sends bare base64 here. */
const isImage = (value: unknown) => isLink(value) || (isText(value) && /^[A-Za-z0-9+/]+={0,2}$/.test(value));
const isPixels = (value: unknown) => isText(value) && /^\d{3,4}\*\d{3,4}$/.test(value);
const among =
  (...values: readonly unknown[]) =>
  (value: unknown) =>
    values.includes(value);
const from = (least: number, most: number) => (value: unknown) =>
  Number.isInteger(value) && Number(value) >= least && Number(value) <= most;

const COMMON: Checks = { seed: from(0, 2_147_483_647), watermark: isFlag, prompt_extend: isFlag };
const DURATION = { duration: from(2, 30) };
const LEGACY_T2V: Checks = {
  ...COMMON,
  ...DURATION,
  size: among(
    ...['832*480', '480*832', '624*624', '1280*720', '720*1280', '960*960', '1088*832', '832*1088'],
    ...['1920*1080', '1080*1920', '1440*1440', '1632*1248', '1248*1632'],
  ),
  audio: isFlag,
  shot_type: among('single', 'multi'),
};
const LEGACY_I2V: Checks = {
  ...COMMON,
  ...DURATION,
  resolution: among('480P', '720P', '1080P'),
  audio: isFlag,
  shot_type: among('single', 'multi'),
};
const RATIO = { ratio: among('16:9', '9:16', '1:1', '4:3', '3:4', 'adaptive') };
const WAN27: Checks = { ...COMMON, ...DURATION, resolution: among('720P', '1080P') };
const WAN3: Checks = { ...COMMON, ...DURATION, ...RATIO, resolution: among('480P', '720P', '1080P'), audio: isFlag };
const MEDIA_TYPES = [
  'first_frame',
  'last_frame',
  'reference_image',
  'reference_video',
  'reference_audio',
  'reference_voice',
  'driving_audio',
  'first_clip',
  'video',
];
const PROMPTS: Checks = { prompt: isText, negative_prompt: (value) => isText(value) && value.length <= 500 };
const MEDIA: Checks = {
  media: (value) =>
    Array.isArray(value) &&
    value.length > 0 &&
    (value as Body[]).every((item) => MEDIA_TYPES.includes(isText(item['type']) ? item['type'] : '') && isLink(item['url'])),
};

/** What a video model takes, by the name that it has. */
function videoChecks(model: string): { readonly input: Checks; readonly parameters: Checks; readonly needs: readonly string[] } {
  const isImageMode = /-i2v/.test(model);
  if (/^wan2\.7/.test(model)) {
    const parameters = isImageMode ? WAN27 : { ...WAN27, ...RATIO };
    return { input: { ...PROMPTS, ...MEDIA, img_url: isImage }, parameters, needs: isImageMode ? ['media|img_url'] : ['prompt'] };
  }
  if (/^wanx|^wan2\./.test(model)) {
    if (/-kf2v/.test(model))
      return { input: { ...PROMPTS, first_frame_url: isLink, last_frame_url: isLink }, parameters: LEGACY_I2V, needs: ['first_frame_url'] };
    if (isImageMode) return { input: { ...PROMPTS, img_url: isImage, audio_url: isLink }, parameters: LEGACY_I2V, needs: ['img_url'] };
    return { input: { ...PROMPTS, audio_url: isLink }, parameters: LEGACY_T2V, needs: ['prompt'] };
  }
  return { input: { ...PROMPTS, ...MEDIA }, parameters: WAN3, needs: ['prompt|media'] };
}

const IMAGE_PARAMETERS: Checks = {
  ...COMMON,
  negative_prompt: isText,
  n: from(1, 6),
  size: (value) => isPixels(value) || among('1K', '2K', '4K')(value),
};
const MESSAGES: Checks = {
  messages: (value) => {
    const [message] = Array.isArray(value) ? (value as Body[]) : [];
    const content = Array.isArray(message?.['content']) ? (message['content'] as Body[]) : [];
    return message?.['role'] === 'user' && content.length > 0 && content.every((item) => isText(item['text']) || isLink(item['image']));
  },
};

function faultIn(holder: unknown, checks: Checks, where: string): LabAnswer | null {
  if (holder === undefined) return null;
  const wrong = Object.entries(holder as Body).find(([name, value]) => checks[name]?.(value) !== true);
  return wrong === undefined ? null : no(400, 'InvalidParameter', `${where}.${wrong[0]} is not valid.`);
}

/** DashScope's API of videos and images. */
export interface DashScopeLab extends LabVendor {
  /** How many tasks and image calls were carried out. */
  made(): number;
}

export function createDashScopeLab(): DashScopeLab {
  const jobs = createJobs<{ readonly body: Body; readonly isVideo: boolean }>();
  let made = 0;

  const refused = (request: LabRequest): LabAnswer | null => {
    if (request.headers.authorization !== `Bearer ${DASHSCOPE_KEY}`) return no(401, 'InvalidApiKey', 'Invalid API-key provided.');
    const refusal = REFUSALS[request.fault ?? ''];
    return refusal === undefined ? null : no(refusal[0], refusal[1], 'The lab was asked for this.');
  };
  const create = (path: string, isVideo: boolean, fault: (body: Body) => LabAnswer | null): LabRoute => ({
    method: 'POST',
    path: `/api/v1/services/aigc/${path}`,
    isPaid: true,
    handle(request) {
      const refusal = refused(request);
      if (refusal !== null) return refusal;
      if (request.headers['x-dashscope-async'] !== 'enable')
        return no(403, 'AccessDenied', 'current user api does not support synchronous calls.');
      const body = request.json();
      const wrong = isText(body['model']) ? fault(body) : no(400, 'InvalidParameter', 'model is required.');
      if (wrong !== null) return wrong;
      if (request.fault === 'error_in_200') return { json: { code: 'InternalError', message: 'Asked for.', request_id: 'lab-request' } };
      made += 1;
      const job = jobs.create({ body, isVideo }, { fault: request.fault });
      return { json: { request_id: 'lab-request', output: { task_id: job.id, task_status: 'PENDING' } } };
    },
  });
  const videoFault = (body: Body): LabAnswer | null => {
    const { input, parameters, needs } = videoChecks(modelOf(body));
    const given = (body['input'] ?? {}) as Body;
    const lacks = needs.find((names) => names.split('|').every((name) => given[name] === undefined || given[name] === ''));
    if (lacks !== undefined) return no(400, 'InvalidParameter', `input.${lacks} is required.`);
    return faultIn(given, input, 'input') ?? faultIn(body['parameters'], parameters, 'parameters');
  };
  const taskOf = (request: LabRequest, { id, request: { body, isVideo }, state, fault }: LabJob<{ body: Body; isVideo: boolean }>) => {
    const parameters = (body['parameters'] ?? {}) as Body;
    const status = { queued: 'PENDING', running: 'RUNNING', succeeded: 'SUCCEEDED', failed: 'FAILED', cancelled: 'CANCELED' }[state];
    const times = { submit_time: '2026-11-28 10:00:00.000', scheduled_time: '2026-11-28 10:00:01.000' };
    const output = { task_id: id, task_status: status, ...times };
    if (state === 'failed')
      return { request_id: 'lab-request', output: { ...output, code: JOB_ERRORS[fault ?? ''], message: 'The lab was asked for this.' } };
    if (state !== 'succeeded') return { request_id: 'lab-request', output };
    const prompts = { orig_prompt: 'a', actual_prompt: 'a longer prompt' };
    if (isVideo) {
      const duration = Number(parameters['duration'] ?? 5);
      const usage = { duration, output_video_duration: duration, video_count: 1, SR: 720 };
      return { request_id: 'lab-request', output: { ...output, ...prompts, video_url: linkTo(request, mp4(), 'video/mp4') }, usage };
    }
    const results = Array.from({ length: Number(parameters['n'] ?? 1) }, (_, index) =>
      fault === 'one_refused' && index === 1
        ? { code: 'DataInspectionFailed', message: 'Output data may contain inappropriate content.' }
        : { ...prompts, url: linkTo(request, PNG, 'image/png') },
    );
    const counts = { TOTAL: results.length, SUCCEEDED: results.length, FAILED: 0 };
    return { request_id: 'lab-request', output: { ...output, results, task_metrics: counts }, usage: { image_count: results.length } };
  };

  return {
    kind: 'dashscope',
    ownFaults: [...Object.keys(REFUSALS), 'failed', 'moderated', 'forgotten', 'one_refused', 'error_in_200'],
    refuse: (status, message) => no(...(CODE_OF[status] ?? CODE_OF[500] ?? [500, 'InternalError']), message),
    unknown: ({ path }) => no(404, 'InvalidURL', `There is no ${path}.`),
    made: () => made,
    routes: [
      create('video-generation/video-synthesis', true, videoFault),
      create('image2video/video-synthesis', true, (body) =>
        /-kf2v/.test(modelOf(body)) ? videoFault(body) : no(400, 'InvalidParameter', 'This path is for kf2v models.'),
      ),
      create(
        'text2image/image-synthesis',
        false,
        (body) => faultIn(body['input'], PROMPTS, 'input') ?? faultIn(body['parameters'], IMAGE_PARAMETERS, 'parameters'),
      ),
      create(
        'image-generation/generation',
        false,
        (body) => faultIn(body['input'], MESSAGES, 'input') ?? faultIn(body['parameters'], IMAGE_PARAMETERS, 'parameters'),
      ),
      {
        method: 'POST',
        path: '/api/v1/services/aigc/multimodal-generation/generation',
        isPaid: true,
        handle(request) {
          const refusal = refused(request);
          if (refusal !== null) return refusal;
          if (request.headers['x-dashscope-async'] !== undefined)
            return no(403, 'AccessDenied', 'current user api does not support asynchronous calls.');
          const body = request.json();
          const wrong = faultIn(body['input'], MESSAGES, 'input') ?? faultIn(body['parameters'], IMAGE_PARAMETERS, 'parameters');
          if (wrong !== null) return wrong;
          made += 1;
          const count = Number(((body['parameters'] ?? {}) as Body)['n'] ?? 1);
          const image = () => ({ image: linkTo(request, PNG, 'image/png') });
          const choices = Array.from({ length: count }, () => ({
            finish_reason: 'stop',
            message: { role: 'assistant', content: [image()] },
          }));
          return { json: { request_id: 'lab-request', output: { choices }, usage: { image_count: count, width: 1328, height: 1328 } } };
        },
      },
      {
        method: 'GET',
        path: '/api/v1/tasks/:id',
        handle(request) {
          const refusal = refused(request);
          if (refusal !== null) return refusal;
          const id = request.params['id'] ?? '';
          const job = jobs.look(id);
          // A task that is over for a day is not known any more, as one that never was.
          if (job === undefined || job.fault === 'forgotten')
            return { json: { request_id: 'lab-request', output: { task_id: id, task_status: 'UNKNOWN' } } };
          return { json: taskOf(request, job) };
        },
      },
      {
        method: 'POST',
        path: '/api/v1/tasks/:id/cancel',
        handle(request) {
          const job = jobs.get(request.params['id'] ?? '');
          const refusal = refused(request);
          if (refusal !== null) return refusal;
          if (job?.state !== 'queued')
            return no(400, 'UnsupportedOperation', 'Failed to cancel the task, please confirm if the task is in PENDING status.');
          jobs.cancel(job.id);
          return { json: { request_id: 'lab-request' } };
        },
      },
    ],
  };
}
