import { randomUUID } from 'node:crypto';
import { mp4, PNG } from './files';
import { checkNames, GOOGLE_REFUSAL, isBase64, refusing, Refusal, type Json } from './google';
import { createJobs, type LabJob } from './jobs';
import type { LabAnswer, LabRequest, LabVendor } from './vendor';

/** Google's Vertex AI: Imagen's `predict`, Veo's `predictLongRunning` and `fetchPredictOperation`, and a bucket of Cloud Storage. */
export interface VertexLab extends LabVendor {
  /** Answers and jobs that were made. */
  made(): number;
}

const MODELS = '/:version/projects/:project/locations/:location/publishers/google/models/:call';
const IMAGE_PARAMETERS = [
  ...['sampleCount', 'aspectRatio', 'sampleImageSize', 'negativePrompt', 'seed', 'addWatermark', 'personGeneration', 'safetySetting'],
  ...['outputOptions', 'includeRaiReason', 'includeSafetyAttributes', 'language', 'enhancePrompt', 'storageUri', 'guidanceScale'],
  ...['editMode', 'editConfig'],
];
const VIDEO_PARAMETERS = [
  ...['sampleCount', 'aspectRatio', 'resolution', 'durationSeconds', 'generateAudio', 'negativePrompt', 'seed', 'personGeneration'],
  ...['storageUri', 'enhancePrompt', 'compressionQuality', 'fps', 'resizeMode', 'pubsubTopic'],
];

export function createVertexLab(): VertexLab {
  const jobs = createJobs<Json>(['failed']);
  let predicted = 0;

  function predict(body: Json, model: string, fault: string | null): LabAnswer {
    const parameters = checkImage(body, model);
    predicted += 1;
    const count = (parameters['sampleCount'] as number | undefined) ?? 4;
    const made = fault === 'all_filtered' ? 0 : fault === 'one_filtered' ? count - 1 : count;
    const image = { bytesBase64Encoded: PNG.toString('base64'), mimeType: 'image/png' };
    const kept = { raiFilteredReason: 'Unable to show generated images: they were filtered out (56562880).' };
    if (fault === 'all_filtered_silently') return { json: {} };
    const filtered = parameters['includeRaiReason'] === true ? Array<Json>(count - made).fill(kept) : [];
    return { json: { predictions: [...Array<Json>(made).fill(image), ...filtered] } };
  }

  function look(body: Json, home: string): LabAnswer {
    const name = String(body['operationName']);
    const job = name.startsWith(`${home}/operations/`) ? jobs.look(name) : undefined;
    if (job === undefined) throw new Refusal(404, `The operation ${name} was not found.`);
    return { json: operation(job) };
  }

  function handle(request: LabRequest): LabAnswer {
    checkToken(request);
    const { project, location, call = '' } = request.params;
    const [model = '', method = ''] = call.split(':');
    const home = `projects/${project ?? ''}/locations/${location ?? ''}/publishers/google/models/${model}`;
    if (!/^(imagen|veo)-/.test(model)) throw new Refusal(404, `Publisher Model ${home} was not found.`);
    const body = request.json();
    if (method === 'predict' && model.startsWith('imagen')) return predict(body, model, request.fault);
    if (method === 'fetchPredictOperation') return look(body, home);
    if (method !== 'predictLongRunning' || !model.startsWith('veo')) throw new Refusal(400, `${model} does not support ${method}.`);
    checkVideo(body);
    const job = jobs.create(body, { id: `${home}/operations/${randomUUID()}`, fault: request.fault });
    return { json: { name: job.id } };
  }

  return {
    kind: 'vertex',
    ownFaults: ['failed', 'one_filtered', 'all_filtered', 'all_filtered_silently', 'no_video'],
    routes: [
      { method: 'POST', path: MODELS, isPaid: true, handle: refusing(handle) },
      {
        method: 'GET',
        path: '/storage/v1/b/:bucket/o/:object',
        handle: refusing((request) => {
          checkToken(request);
          if (request.query.get('alt') !== 'media') return { json: { name: request.params['object'] } };
          return { headers: { 'content-type': 'video/mp4' }, bytes: mp4() };
        }),
      },
    ],
    ...GOOGLE_REFUSAL,
    made: () => predicted + jobs.all().length,
  };
}

function checkToken({ headers }: LabRequest): void {
  const token = /^Bearer (\S+)$/.exec(headers.authorization ?? '')?.[1];
  if (token === undefined || token.includes('wrong')) {
    const info = { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'ACCESS_TOKEN_TYPE_UNSUPPORTED' };
    throw new Refusal(401, 'Request had invalid authentication credentials. Expected OAuth 2 access token.', [info]);
  }
}

function operation({ id: name, state, request, fault }: LabJob<Json>): Json {
  if (state === 'queued' || state === 'running') return { name, metadata: {} };
  if (state === 'failed') return { name, done: true, error: { code: 13, message: 'Video generation failed: internal error.' } };
  const { sampleCount, storageUri } = request['parameters'] as { sampleCount?: number; storageUri?: string };
  const count = sampleCount ?? 1;
  const made = fault === 'all_filtered' || fault === 'no_video' ? 0 : fault === 'one_filtered' ? count - 1 : count;
  const videos = Array.from({ length: made }, (_, index) =>
    storageUri === undefined
      ? { bytesBase64Encoded: mp4().toString('base64'), mimeType: 'video/mp4' }
      : { gcsUri: `${storageUri}${index}/sample 0.mp4`, mimeType: 'video/mp4' },
  );
  const reason = 'The video violates our usage guidelines. Support code: 15236754.';
  const filtered = fault === 'no_video' ? {} : { raiMediaFilteredCount: count - made, raiMediaFilteredReasons: [reason] };
  return { name, done: true, response: { ...(made < count ? filtered : { raiMediaFilteredCount: 0 }), ...(made > 0 ? { videos } : {}) } };
}

/** What all requests have: one instance, and parameters of these names. */
function checkBody(body: Json, known: readonly string[]): { readonly instance: Json; readonly parameters: Json } {
  checkNames(body, ['instances', 'parameters', 'labels'], 'request');
  const instances = body['instances'];
  if (!Array.isArray(instances) || instances.length !== 1) throw new Refusal(400, 'One instance is required.');
  const [instance] = instances as [Json];
  const parameters = (body['parameters'] ?? {}) as Json;
  checkNames(parameters, known, 'parameters');
  const count = parameters['sampleCount'];
  if (count !== undefined && !(typeof count === 'number' && count >= 1 && count <= 4))
    throw new Refusal(400, 'sampleCount must be 1 to 4.');
  return { instance, parameters };
}

function oneOf(parameters: Json, name: string, values: readonly unknown[]): void {
  const value = parameters[name];
  if (value !== undefined && !values.includes(value)) throw new Refusal(400, `${name} ${JSON.stringify(value)} is not supported.`);
}

function checkImage(body: Json, model: string): Json {
  const { instance, parameters } = checkBody(body, IMAGE_PARAMETERS);
  if (typeof instance['prompt'] !== 'string') throw new Refusal(400, 'prompt is required.');
  oneOf(parameters, 'aspectRatio', ['1:1', '3:4', '4:3', '9:16', '16:9']);
  oneOf(parameters, 'sampleImageSize', ['1K', '2K']);
  oneOf((parameters['outputOptions'] ?? {}) as Json, 'mimeType', ['image/png', 'image/jpeg']);
  if (parameters['seed'] !== undefined && parameters['addWatermark'] !== false) {
    throw new Refusal(400, 'The seed parameter is not supported when watermark is enabled.');
  }
  const references = instance['referenceImages'] as Json[] | undefined;
  if (references !== undefined && !model.includes('capability')) throw new Refusal(400, `${model} does not support image editing.`);
  for (const { referenceImage, referenceId } of references ?? []) {
    if (!isBase64((referenceImage as Json)['bytesBase64Encoded']) || typeof referenceId !== 'number')
      throw new Refusal(400, 'Invalid image.');
  }
  return parameters;
}

function checkVideo(body: Json): void {
  const { instance, parameters } = checkBody(body, VIDEO_PARAMETERS);
  checkNames(instance, ['prompt', 'image', 'lastFrame', 'referenceImages', 'video', 'mask'], 'instances[0]');
  oneOf(parameters, 'aspectRatio', ['16:9', '9:16']);
  oneOf(parameters, 'resolution', ['720p', '1080p', '4k']);
  oneOf(parameters, 'durationSeconds', [4, 6, 8]);
  if (
    parameters['resolution'] !== undefined &&
    parameters['resolution'] !== '720p' &&
    ![8, undefined].includes(parameters['durationSeconds'] as number)
  ) {
    throw new Refusal(400, '1080p and 4k need 8 seconds.');
  }
  const references = ((instance['referenceImages'] ?? []) as Json[]).map(({ image, referenceType }) => {
    if (referenceType !== 'asset' && referenceType !== 'style') throw new Refusal(400, 'Invalid referenceType.');
    return image;
  });
  for (const file of [instance['image'], instance['lastFrame'], instance['video'], ...references]) {
    if (file === undefined) continue;
    const { bytesBase64Encoded: bytes, gcsUri, mimeType } = file as Json;
    if (typeof mimeType !== 'string' || !(isBase64(bytes) || typeof gcsUri === 'string')) throw new Refusal(400, 'Invalid media.');
  }
  if (instance['lastFrame'] !== undefined && instance['image'] === undefined) throw new Refusal(400, 'lastFrame needs image.');
}
