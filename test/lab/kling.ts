import { createHmac, timingSafeEqual } from 'node:crypto';
import { linkTo, mp4, PNG } from './files';
import { createJobs, type LabJob } from './jobs';
import type { LabAnswer, LabRequest, LabRoute, LabVendor } from './vendor';

export const KLING_KEYS = { access_key: 'lab-access-key', secret_key: 'lab-secret-key-0123456789', api_key: 'lab-kling-key' };

type Body = Readonly<Record<string, unknown>>;
/** What is wrong with a field; null: nothing. */
type Check = (value: unknown) => string | null;

const oneOf =
  (...values: readonly string[]): Check =>
  (value) =>
    typeof value === 'string' && values.includes(value) ? null : `must be one of ${values.join(', ')}`;
const text =
  (most: number, least = 0): Check =>
  (value) =>
    typeof value === 'string' && value.length <= most && value.length >= least
      ? null
      : `must be a string of ${String(least)} to ${String(most)} characters`;
/** Raw base64 or a link, never a data URI. */
const image: Check = (value) =>
  typeof value === 'string' && (/^https?:\/\//.test(value) || /^[A-Za-z0-9+/]+={0,2}$/.test(value)) ? null : 'must be base64 or a URL';
const list =
  (most: number, field: string): Check =>
  (value) =>
    Array.isArray(value) &&
    value.length > 0 &&
    value.length <= most &&
    value.every((item: unknown) => image((item as Body | null)?.[field]) === null)
      ? null
      : `must be a list of 1 to ${String(most)} objects with ${field}`;
const flagIn: Check = (value) => (typeof (value as Body | null)?.['enabled'] === 'boolean' ? null : 'must hold enabled: true or false');
const anything: Check = () => null;

const common = { model_name: text(64, 1), callback_url: text(2048), external_task_id: text(255), watermark_info: flagIn };
const video = {
  ...common,
  prompt: text(2500),
  negative_prompt: text(2500),
  mode: oneOf('std', 'pro', '4k'),
  duration: oneOf(...Array.from({ length: 13 }, (_, index) => String(index + 3))),
  aspect_ratio: oneOf('16:9', '9:16', '1:1'),
  sound: oneOf('on', 'off'),
  cfg_scale: ((value) => (typeof value === 'number' && value >= 0 && value <= 1 ? null : 'must be 0 to 1')) as Check,
  camera_control: anything,
};
const { negative_prompt: _n, cfg_scale: _c, camera_control: _m, ...omni } = video;
const imageFields = {
  ...common,
  prompt: text(2500),
  negative_prompt: text(2500),
  n: ((value) => (Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 9 ? null : 'must be 1 to 9')) as Check,
  aspect_ratio: oneOf('16:9', '9:16', '1:1', '4:3', '3:4', '3:2', '2:3', '21:9'),
  resolution: oneOf('1k', '2k'),
};
const { negative_prompt: _p, ...omniImage } = imageFields;

/** The kinds of jobs: what each takes, and what it needs. */
const KINDS: readonly { readonly path: string; readonly fields: Readonly<Record<string, Check>>; readonly needs: readonly string[][] }[] = [
  { path: 'videos/text2video', fields: video, needs: [['prompt']] },
  { path: 'videos/image2video', fields: { ...video, image, image_tail: image }, needs: [['image', 'image_tail']] },
  { path: 'videos/multi-image2video', fields: { ...video, image_list: list(4, 'image') }, needs: [['prompt'], ['image_list']] },
  { path: 'videos/omni-video', fields: { ...omni, image_list: list(7, 'image_url') }, needs: [['prompt']] },
  {
    path: 'images/generations',
    fields: { ...imageFields, image, image_reference: oneOf('subject', 'face'), image_fidelity: anything, human_fidelity: anything },
    needs: [['prompt']],
  },
  {
    path: 'images/multi-image2image',
    fields: { ...imageFields, subject_image_list: list(4, 'subject_image'), style_image: image, scene_image: image },
    needs: [['subject_image_list']],
  },
  {
    path: 'images/omni-image',
    fields: { ...omniImage, resolution: oneOf('1k', '2k', '4k'), image_list: list(10, 'image') },
    needs: [['prompt']],
  },
];

interface Made {
  readonly path: string;
  readonly body: Body;
  readonly at: number;
}

const envelope = (code: number, message: string, data?: unknown) => ({
  code,
  message,
  request_id: 'lab-request',
  ...(data === undefined ? {} : { data }),
});
const no = (status: number, code: number, message: string): LabAnswer => ({ status, json: envelope(code, message) });

/** Statuses that a fault of HTTP asks for, in the vendor's codes. */
const CODE_OF: Readonly<Record<number, number>> = { 400: 1201, 401: 1000, 402: 1101, 404: 1203, 429: 1302, 500: 5000, 503: 5001 };

/** What the vendor answers with a status of success: an error all the same. */
const IN_200: Readonly<Record<string, number>> = {
  concurrency_in_200: 1303,
  policy_in_200: 1301,
  arrears_in_200: 1101,
  unknown_in_200: 9999,
};

/** Kling's API. */
export interface KlingLab extends LabVendor {
  readonly jobs: ReturnType<typeof createJobs<Made>>;
  /** How many jobs were made. */
  made(): number;
}

export function createKlingLab(): KlingLab {
  const jobs = createJobs<Made>();
  const ids = new Map<string, string>();
  let serial = 0;

  /** The error of a request without a valid key; null: it is valid. */
  const authorize = ({ headers }: LabRequest): LabAnswer | null => {
    const token = /^Bearer (\S+)$/.exec(headers.authorization ?? '')?.[1];
    if (token === undefined) return no(401, 1001, 'Authorization is empty');
    if (token === KLING_KEYS.api_key) return null;
    const [head = '', claims = '', signature = ''] = token.split('.');
    const expected = createHmac('sha256', KLING_KEYS.secret_key).update(`${head}.${claims}`).digest();
    const given = Buffer.from(signature, 'base64url');
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return no(401, 1002, 'Authorization is invalid');
    const { alg, typ } = JSON.parse(Buffer.from(head, 'base64url').toString()) as Body;
    const { iss, exp, nbf } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as Body;
    if (alg !== 'HS256' || typ !== 'JWT' || iss !== KLING_KEYS.access_key) return no(401, 1002, 'Authorization is invalid');
    const now = Date.now() / 1000;
    if (typeof nbf !== 'number' || nbf > now) return no(401, 1003, 'Authorization is not yet valid');
    if (typeof exp !== 'number' || exp < now || exp > now + 3_600) return no(401, 1004, 'Authorization has expired');
    return null;
  };

  const faultOf = (fields: Readonly<Record<string, Check>>, needs: readonly string[][], body: Body): string | null => {
    for (const [name, value] of Object.entries(body)) {
      const check = fields[name];
      const fault = check === undefined ? 'is not a parameter' : check(value);
      if (fault !== null) return `${name} ${fault}`;
    }
    const missing = needs.find((names) => names.every((name) => body[name] === undefined || body[name] === ''));
    return missing === undefined ? null : `${missing.join(' or ')} is required`;
  };

  const dataOf = (request: LabRequest, { id, request: { path, body, at }, state, fault }: LabJob<Made>) => {
    const status = { queued: 'submitted', running: 'processing', succeeded: 'succeed', failed: 'failed', cancelled: 'failed' }[state];
    const isMarked = (body['watermark_info'] as Body | undefined)?.['enabled'] === true;
    const isVideo = path.startsWith('videos/');
    const seconds = Number(body['duration'] ?? 5);
    const link = () => linkTo(request, isVideo ? mp4() : PNG, isVideo ? 'video/mp4' : 'image/png');
    const one = () => ({ url: link(), ...(isMarked ? { watermark_url: link() } : {}) });
    const result = isVideo
      ? { videos: [{ id: `${id}-1`, ...one(), duration: String(seconds) }] }
      : { images: Array.from({ length: Number(body['n'] ?? 1) }, (_, index) => ({ index, ...one() })) };
    return {
      task_id: id,
      task_status: status,
      ...(state === 'failed'
        ? { task_status_msg: fault === 'moderated' ? 'Failure to pass the risk control system' : 'Internal error' }
        : {}),
      task_info: { external_task_id: body['external_task_id'] },
      created_at: at,
      updated_at: Date.now(),
      ...(state === 'succeeded' ? { task_result: result, final_unit_deduction: String(isVideo ? seconds / 5 : 0.5) } : {}),
    };
  };

  const create = (path: string, fields: Readonly<Record<string, Check>>, needs: readonly string[][]): LabRoute => ({
    method: 'POST',
    path: `/v1/${path}`,
    isPaid: true,
    handle(request) {
      const refused = authorize(request);
      if (refused !== null) return refused;
      if (!(request.headers['content-type'] ?? '').startsWith('application/json'))
        return no(400, 1200, 'Content-Type must be application/json');
      if (request.fault === 'expired_token') return no(401, 1004, 'Authorization has expired');
      const code = IN_200[request.fault ?? ''];
      if (code !== undefined) return { json: envelope(code, `The lab was asked for ${request.fault ?? ''}.`) };
      const body = request.json();
      const fault = faultOf(fields, needs, body);
      if (fault !== null) return no(400, 1201, fault);
      const external = body['external_task_id'];
      if (typeof external === 'string' && external !== '') {
        if (ids.has(external)) return no(400, 1201, 'external_task_id exists already');
      }
      serial += 1;
      const job = jobs.create({ path, body, at: Date.now() }, { id: `8${String(serial).padStart(17, '0')}`, fault: request.fault });
      if (typeof external === 'string' && external !== '') ids.set(external, job.id);
      return { json: envelope(0, 'SUCCEED', dataOf(request, job)) };
    },
  });
  const poll = (path: string): LabRoute => ({
    method: 'GET',
    path: `/v1/${path}/:id`,
    handle(request) {
      const refused = authorize(request);
      if (refused !== null) return refused;
      const id = request.params['id'] ?? '';
      const known = jobs.get(ids.get(id) ?? id);
      // The kinds are apart: a job of one is not found at another.
      if (known?.request.path !== path) return no(404, 1203, 'task not found');
      return { json: envelope(0, 'SUCCEED', dataOf(request, jobs.look(known.id) ?? known)) };
    },
  });

  return {
    kind: 'kling',
    jobs,
    ownFaults: ['failed', 'moderated', 'expired_token', ...Object.keys(IN_200)],
    routes: KINDS.flatMap(({ path, fields, needs }) => [create(path, fields, needs), poll(path)]),
    refuse: (status, message) => no(status, CODE_OF[status] ?? 5000, message),
    unknown: ({ path }) => no(404, 1202, `no such path: ${path}`),
    made: () => serial,
  };
}
