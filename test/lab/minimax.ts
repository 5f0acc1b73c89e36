import { linkTo, mp4, PNG } from './files';
import { createJobs } from './jobs';
import type { LabAnswer, LabRequest, LabRoute, LabVendor } from './vendor';

export const MINIMAX_KEY = 'lab-minimax-key';

type Body = Readonly<Record<string, unknown>>;
type Checks = Readonly<Record<string, (value: unknown) => boolean>>;

/** The first version's errors come with a successful status. */
const base = (code: number, message: string) => ({ base_resp: { status_code: code, status_msg: message } });
const OK = base(0, 'success');
/** The second version's errors. */
const no = (status: number, type: string, message: string): LabAnswer => ({
  status,
  json: { type: 'error', error: { type, message, http_code: String(status) }, request_id: 'lab-request' },
});
const TYPE_OF: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  402: 'insufficient_balance_error',
  404: 'not_found_error',
  429: 'rate_limit_error',
  503: 'overloaded_error',
};

/** Codes in a successful answer that a prompt asks for. */
const IN_200: Readonly<Record<string, number>> = {
  rate_in_200: 1002,
  key_in_200: 2049,
  balance_in_200: 1008,
  policy_in_200: 1026,
  params_in_200: 2013,
  internal_in_200: 1024,
  unknown_in_200: 9999,
};

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
const isFlag = (value: unknown) => typeof value === 'boolean';
const isLink = (value: unknown) => isText(value) && /^(https?:\/\/|data:image\/[a-z]+;base64,)/.test(value);
const from = (least: number, most: number) => (value: unknown) =>
  Number.isInteger(value) && Number(value) >= least && Number(value) <= most;
const among =
  (...values: readonly unknown[]) =>
  (value: unknown) =>
    values.includes(value);
const isReference = (field: string) => (value: unknown) =>
  Array.isArray(value) &&
  value.length > 0 &&
  (value as Body[]).every(
    (item) => item['type'] === 'character' && (Array.isArray(item[field]) ? (item[field] as unknown[]).every(isLink) : isLink(item[field])),
  );

const FIRST: Checks = {
  model: isText,
  prompt: (value) => typeof value === 'string' && value.length <= 2000,
  first_frame_image: isLink,
  last_frame_image: isLink,
  subject_reference: isReference('image'),
  duration: among(6, 10),
  resolution: among('512P', '720P', '768P', '1080P'),
  prompt_optimizer: isFlag,
  fast_pretreatment: isFlag,
  aigc_watermark: isFlag,
  callback_url: isText,
};
const SECOND: Checks = {
  model: isText,
  content: Array.isArray,
  resolution: among('480P', '768P', '2K'),
  duration: from(4, 15),
  ratio: among('16:9', '9:16', '1:1', '4:3', '3:4', '21:9'),
  aigc_watermark: isFlag,
  callback_url: isText,
};
const IMAGE: Checks = {
  model: isText,
  prompt: (value) => isText(value) && value.length <= 1500,
  aspect_ratio: among('1:1', '16:9', '4:3', '3:2', '2:3', '3:4', '9:16', '21:9'),
  width: (value) => from(512, 2048)(value) && Number(value) % 8 === 0,
  height: (value) => from(512, 2048)(value) && Number(value) % 8 === 0,
  n: from(1, 9),
  seed: Number.isInteger,
  response_format: among('url', 'base64'),
  subject_reference: isReference('image_file'),
  prompt_optimizer: isFlag,
  aigc_watermark: isFlag,
};

/** What is wrong with a body; null: nothing. */
function faultOf(body: Body, checks: Checks, needed: readonly string[]): string | null {
  const lacks = needed.find((name) => !(name in body));
  if (lacks !== undefined) return `${lacks} is required`;
  const wrong = Object.entries(body).find(([name, value]) => checks[name]?.(value) !== true);
  return wrong === undefined ? null : `invalid params, ${wrong[0]}`;
}

/** Frames exclude a ratio and references; a prompt alone needs a ratio. */
function contentFault(body: Body): string | null {
  const items = body['content'] as readonly Body[];
  const images = items.filter((item) => item['type'] === 'image_url');
  const roles = images.map((item) => item['role']);
  if (!images.every((item) => isLink((item['image_url'] as Body | undefined)?.['url']))) return 'content: an image needs a url';
  if (!roles.every(among('first_frame', 'last_frame', 'reference_image'))) return 'content: a role is not valid';
  const hasFrames = roles.some((role) => role !== 'reference_image');
  if (hasFrames && roles.includes('reference_image')) return 'content: frames and references cannot be mixed';
  if (hasFrames && body['ratio'] !== undefined) return 'ratio cannot be combined with frames';
  return images.length === 0 && body['ratio'] === undefined ? 'ratio is required' : null;
}

/** MiniMax's API of videos, in both versions, and images. */
export interface MiniMaxLab extends LabVendor {
  /** How many tasks and image calls were carried out. */
  made(): number;
}

export function createMiniMaxLab(): MiniMaxLab {
  const jobs = createJobs<{ readonly body: Body; readonly version: 1 | 2 }>();
  let made = 0;

  const authorized = ({ headers }: LabRequest) => headers.authorization === `Bearer ${MINIMAX_KEY}`;
  const wrongKey = (version: 1 | 2): LabAnswer =>
    version === 1 ? { json: base(2049, 'invalid api key') } : no(401, 'authentication_error', 'invalid api key');
  const create = (version: 1 | 2): LabRoute => ({
    method: 'POST',
    path: `/v${String(version)}/video_generation`,
    isPaid: true,
    handle(request) {
      if (!authorized(request))
        return request.headers.authorization === undefined ? no(401, 'authentication_error', 'no key') : wrongKey(version);
      const body = request.json();
      const asked = IN_200[request.fault ?? ''];
      if (asked !== undefined && version === 1) return { json: { task_id: '', ...base(asked, 'The lab was asked for this.') } };
      if (request.fault === 'error_in_200')
        return { json: { type: 'error', error: { type: 'overloaded_error', message: 'Busy.', http_code: '529' } } };
      const fault = version === 1 ? faultOf(body, FIRST, ['model']) : (faultOf(body, SECOND, ['model', 'content']) ?? contentFault(body));
      if (fault !== null) return version === 1 ? { json: { task_id: '', ...base(2013, fault) } } : no(400, 'invalid_request_error', fault);
      made += 1;
      const { id } = jobs.create({ body, version }, { id: String(280_000_000_000_000 + made), fault: request.fault });
      return { json: version === 1 ? { task_id: id, ...OK } : { task_id: id } };
    },
  });

  return {
    kind: 'minimax',
    ownFaults: [...Object.keys(IN_200), 'failed', 'moderated', 'some_filtered', 'all_filtered', 'error_in_200'],
    refuse: (status, message) => no(status, TYPE_OF[status] ?? 'api_error', message),
    unknown: ({ path }) => no(404, 'not_found_error', `There is no ${path}.`),
    made: () => made,
    routes: [
      create(1),
      create(2),
      {
        method: 'GET',
        path: '/v1/query/video_generation',
        handle(request) {
          if (!authorized(request)) return wrongKey(1);
          const id = request.query.get('task_id') ?? '';
          const job = jobs.get(id)?.request.version === 1 ? jobs.look(id) : undefined;
          if (job === undefined) return { json: { task_id: '', status: '', ...base(2013, 'invalid params, task_id does not exist') } };
          const status = { queued: 'Queueing', running: 'Processing', succeeded: 'Success', failed: 'Fail', cancelled: 'Fail' }[job.state];
          if (job.state === 'failed')
            return { json: { task_id: id, status, ...base(job.fault === 'moderated' ? 1027 : 1000, 'Asked for.') } };
          const file = job.state === 'succeeded' ? { file_id: `9${id}`, video_width: 1366, video_height: 768 } : { file_id: '' };
          return { json: { task_id: id, status, ...file, ...OK } };
        },
      },
      {
        method: 'GET',
        path: '/v1/files/retrieve',
        handle(request) {
          if (!authorized(request)) return wrongKey(1);
          const id = request.query.get('file_id') ?? '';
          if (jobs.get(id.slice(1))?.state !== 'succeeded') return { json: base(2013, 'invalid params, file_id does not exist') };
          const link = linkTo(request, mp4(), 'video/mp4');
          return {
            json: {
              file: { file_id: id, bytes: mp4().length, filename: 'output.mp4', purpose: 'video_generation', download_url: link },
              ...OK,
            },
          };
        },
      },
      {
        method: 'GET',
        path: '/v2/query/video_generation/:id',
        handle(request) {
          if (!authorized(request)) return wrongKey(2);
          const id = request.params['id'] ?? '';
          const job = jobs.get(id)?.request.version === 2 ? jobs.look(id) : undefined;
          if (job === undefined) return no(404, 'not_found_error', 'The task does not exist.');
          const seconds = Number(job.request.body['duration'] ?? 5);
          const error = job.fault === 'moderated' ? { code: '1027', message: 'Asked for.' } : { code: '1000', message: 'Asked for.' };
          const usage = { total_seconds: seconds, input_seconds: 0, output_seconds: seconds, input_image_count: 0 };
          const result = job.state === 'succeeded' ? { content: { url: linkTo(request, mp4(), 'video/mp4') }, usage } : {};
          return { json: { task: { id, status: job.state, ...result, ...(job.state === 'failed' ? { error } : {}) } } };
        },
      },
      {
        method: 'POST',
        path: '/v1/image_generation',
        isPaid: true,
        handle(request) {
          if (!authorized(request)) return wrongKey(1);
          const body = request.json();
          const asked = IN_200[request.fault ?? ''];
          if (asked !== undefined) return { json: base(asked, 'The lab was asked for this.') };
          const fault = faultOf(body, IMAGE, ['model', 'prompt']);
          if (fault !== null) return { json: base(2013, fault) };
          made += 1;
          const n = Number(body['n'] ?? 1);
          const failed = request.fault === 'all_filtered' ? n : request.fault === 'some_filtered' ? 1 : 0;
          const images = Array.from({ length: n - failed }, () =>
            body['response_format'] === 'base64' ? PNG.toString('base64') : linkTo(request, PNG, 'image/png'),
          );
          const data = body['response_format'] === 'base64' ? { image_base64: images } : { image_urls: images };
          return { json: { id: 'lab-image', data, metadata: { success_count: String(n - failed), failed_count: String(failed) }, ...OK } };
        },
      },
    ],
  };
}
