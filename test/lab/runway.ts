import { randomUUID } from 'node:crypto';
import { linkTo, mp4, PNG } from './files';
import { createJobs, type LabJob } from './jobs';
import type { LabAnswer, LabRequest, LabVendor } from './vendor';

interface Asked {
  readonly kind: 'image' | 'video';
  readonly input: Readonly<Record<string, unknown>>;
}

type Check = (value: unknown) => boolean;
const oneOf =
  (...values: readonly unknown[]): Check =>
  (value) =>
    values.includes(value);
const isText: Check = (value) => typeof value === 'string' && value.length >= 1 && value.length <= 5_000;
const isFlag: Check = (value) => typeof value === 'boolean';
const isSeed: Check = (value) => Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 4_294_967_295;
const between =
  (least: number, most: number): Check =>
  (value) =>
    Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
const isUri: Check = (value) =>
  typeof value === 'string' && /^(https:\/\/[^\s]+|data:(image|video)\/[\w.+-]+;base64,[A-Za-z0-9+/]+={0,2}|runway:\/\/.+)$/.test(value);
const listOf =
  (most: number, keys: Readonly<Record<string, Check>>, required: readonly string[]): Check =>
  (value) =>
    Array.isArray(value) &&
    value.length >= 1 &&
    value.length <= most &&
    value.every(
      (item: Record<string, unknown>) =>
        Object.entries(item).every(([key, field]) => keys[key]?.(field) === true) && required.every((key) => key in item),
    );
const frames = (...positions: string[]): Check => {
  const list = listOf(2, { uri: isUri, position: oneOf(...positions) }, ['uri', 'position']);
  return (value) => isUri(value) || list(value);
};
const references = listOf(9, { uri: isUri }, ['uri']);
const tagged = listOf(3, { uri: isUri, tag: isText }, ['uri']);

const HD = ['1280:720', '720:1280'];
const GEN4 = oneOf(...HD, '1104:832', '960:960', '832:1104', '1584:672');
const VEO = {
  promptText: isText,
  ratio: oneOf(...HD, '1080:1920', '1920:1080'),
  audio: isFlag,
  duration: oneOf(4, 6, 8),
  negativePrompt: isText,
  seed: isSeed,
};
const HAILUO = {
  promptText: isText,
  duration: between(4, 15),
  ratio: oneOf('adaptive', '21:9', '16:9', '4:3', '1:1', '3:4', '9:16'),
  resolution: oneOf('768p', '2k', '768P', '2K'),
};
const GEN4_IMAGE = {
  promptText: isText,
  ratio: oneOf(
    '1024:1024',
    '1080:1080',
    '1168:880',
    '1360:768',
    '1440:1080',
    '1080:1440',
    '1808:768',
    '1920:1080',
    '1080:1920',
    '2112:912',
    ...HD,
  ),
  referenceImages: tagged,
  seed: isSeed,
};

/** Some of Runway's models by their endpoints; `!` before the fields that a request must have. */
const MODELS: Readonly<
  Record<string, Readonly<Record<string, { readonly required: readonly string[]; readonly fields: Readonly<Record<string, Check>> }>>>
> = {
  text_to_video: {
    'gen4.5': {
      required: ['promptText', 'ratio', 'duration'],
      fields: { promptText: isText, ratio: oneOf(...HD), duration: between(2, 10), seed: isSeed },
    },
    'veo3.1': { required: ['promptText', 'ratio'], fields: VEO },
    hailuo3: { required: ['promptText'], fields: { ...HAILUO, references } },
  },
  image_to_video: {
    'gen4.5': {
      required: ['promptText', 'promptImage', 'ratio', 'duration'],
      fields: { promptText: isText, promptImage: frames('first'), ratio: GEN4, duration: between(2, 10), seed: isSeed },
    },
    gen4_turbo: {
      required: ['promptImage', 'ratio'],
      fields: { promptText: isText, promptImage: frames('first'), ratio: GEN4, duration: between(2, 10), seed: isSeed },
    },
    'veo3.1': { required: ['promptImage', 'ratio'], fields: { ...VEO, promptImage: frames('first', 'last') } },
    hailuo3: { required: ['promptText', 'promptImage'], fields: { ...HAILUO, promptImage: frames('first', 'last') } },
  },
  text_to_image: {
    gen4_image: { required: ['promptText', 'ratio'], fields: GEN4_IMAGE },
    gen4_image_turbo: { required: ['promptText', 'ratio', 'referenceImages'], fields: GEN4_IMAGE },
    gpt_image_2: {
      required: ['promptText', 'ratio'],
      fields: {
        promptText: isText,
        ratio: oneOf('auto', '1920:1088', '1920:1280', '1920:1920', '1280:1920', '2560:1440', '3840:2160', '2880:2880'),
        background: oneOf('transparent', 'opaque', 'auto'),
        outputCount: between(1, 4),
        quality: oneOf('low', 'medium', 'high', 'auto'),
        referenceImages: tagged,
      },
    },
  },
};

/** How a task fails, by fault: its code, words and what it costs all the same, in credits. */
const ENDS: Readonly<Record<string, readonly [code: string | null, failure: string, credits: number]>> = {
  failed: ['INTERNAL.BAD_OUTPUT.CODE01', 'The generation failed.', 0],
  third_party: ['THIRD_PARTY.UNAVAILABLE', 'The service behind is away.', 0],
  bad_input: ['INPUT_PREPROCESSING.SAFETY', 'The input could not be read.', 0],
  bad_asset: ['ASSET.INVALID', 'The asset is invalid.', 0],
  moderated: ['SAFETY.INPUT.TEXT', 'The prompt was moderated.', 25],
  moderated_output: ['SAFETY.OUTPUT.VIDEO', 'The output was moderated.', 25.5],
  failed_without_code: [null, 'An unexpected error occurred.', 0],
};

export interface RunwayLab extends LabVendor {
  readonly jobs: ReturnType<typeof createJobs<Asked>>;
}

/** A server that speaks Runway's API. */
export function createRunwayLab(): RunwayLab {
  const jobs = createJobs<Asked>(Object.keys(ENDS));
  const refuse = (status: number, message: string): LabAnswer => ({
    status,
    json: { error: message, docUrl: 'https://docs.dev.runwayml.com' },
  });

  const guarded =
    (handle: (request: LabRequest) => LabAnswer) =>
    (request: LabRequest): LabAnswer => {
      if (!/^Bearer \S+$/.test(request.headers.authorization ?? '')) return refuse(401, 'The API key you provided was not valid.');
      if (request.headers['x-runway-version'] !== '2024-11-06') return refuse(400, 'A valid API version must be sent in X-Runway-Version.');
      return handle(request);
    };
  const create = (endpoint: string): LabVendor['routes'][number] => ({
    method: 'POST',
    path: `/v1/${endpoint}`,
    isPaid: true,
    handle: guarded((request) => {
      if (request.fault === 'no_credits') return refuse(400, 'You do not have enough credits to run this task.');
      const { model, ...input } = request.json();
      const form = MODELS[endpoint]?.[String(model)];
      const issues =
        form === undefined
          ? [{ path: ['model'], message: `Model ${String(model)} is not available.` }]
          : [
              ...form.required
                .filter((name) => input[name] === undefined)
                .map((name) => ({ path: [name], message: `${name} is required` })),
              ...Object.keys(input)
                .filter((name) => form.fields[name]?.(input[name]) !== true)
                .map((name) => ({ path: [name], message: `${name} is not valid` })),
            ];
      if (issues.length > 0)
        return { status: 400, json: { error: 'Validation of body failed', issues, docUrl: 'https://docs.dev.runwayml.com' } };
      const kind = endpoint === 'text_to_image' ? 'image' : 'video';
      const job = jobs.create({ kind, input }, { fault: request.fault });
      return { json: { id: job.id, estimatedCost: { credits: 25 } } };
    }),
  });

  const lab: RunwayLab = {
    kind: 'runway',
    jobs,
    ownFaults: [...Object.keys(ENDS), 'no_credits', 'no_output', 'ends_at_delete'],
    refuse,
    unknown: ({ path }) => refuse(404, `No route ${path}`),
    routes: [
      ...Object.keys(MODELS).map(create),
      {
        method: 'GET',
        path: '/v1/tasks/:id',
        handle: guarded((request) => {
          const job = jobs.look(request.params['id'] ?? '');
          return job === undefined ? refuse(404, 'Task not found') : { json: taskOf(request, job) };
        }),
      },
      {
        method: 'DELETE',
        path: '/v1/tasks/:id',
        handle: guarded((request) => (jobs.delete(request.params['id'] ?? '') ? { status: 204 } : refuse(404, 'Task not found'))),
      },
      {
        method: 'POST',
        path: '/v1/uploads',
        handle: guarded((request) => {
          const { filename, type } = request.json();
          if (typeof filename !== 'string' || type !== 'ephemeral') return refuse(400, 'filename and type are required');
          return {
            json: {
              uploadUrl: `${request.origin}/uploads`,
              fields: { key: randomUUID(), policy: 'lab' },
              runwayUri: 'runway://lab-upload',
            },
          };
        }),
      },
      {
        method: 'POST',
        path: '/uploads',
        handle: async (request) => {
          const { fields, files } = await request.form();
          const isWhole = fields['policy']?.[0] === 'lab' && files.length === 1 && request.headers.authorization === undefined;
          return isWhole ? { status: 204 } : refuse(403, 'This is no upload');
        },
      },
    ],
  };
  return lab;
}

function taskOf(
  request: LabRequest,
  { id, state, progress, fault, isLost, request: { kind, input } }: LabJob<Asked>,
): Record<string, unknown> {
  const base = { id, createdAt: new Date().toISOString() };
  const estimate = { estimatedCost: { credits: 25 } };
  switch (state) {
    case 'queued':
      return { ...base, ...estimate, status: 'THROTTLED' };
    case 'running':
      return { ...base, ...estimate, status: 'RUNNING', progress };
    case 'cancelled':
      return { ...base, status: 'CANCELLED', cost: { credits: isLost === true ? 25 : 0 } };
    case 'failed': {
      const [failureCode, failure, credits] = ENDS[fault ?? ''] ?? [null, 'failed', 0];
      return { ...base, status: 'FAILED', failure, ...(failureCode === null ? {} : { failureCode }), cost: { credits } };
    }
    case 'succeeded': {
      const [bytes, type] = kind === 'image' ? [PNG, 'image/png'] : [mp4(), 'video/mp4'];
      const count = fault === 'no_output' ? 0 : typeof input['outputCount'] === 'number' ? input['outputCount'] : 1;
      return {
        ...base,
        status: 'SUCCEEDED',
        output: Array.from({ length: count }, () => linkTo(request, bytes, type)),
        cost: { credits: 25 },
      };
    }
  }
}
