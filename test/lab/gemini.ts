import { randomUUID } from 'node:crypto';
import { PNG } from './files';
import { interactionRoutes } from './gemini-interactions';
import { checkNames, GOOGLE_REFUSAL, Refusal, strictly, version, type Json } from './google';
import type { LabAnswer, LabRequest, LabRoute, LabVendor } from './vendor';

/** Google's Gemini API: `generateContent` whole and streamed, `batchEmbedContents`, interactions. At `/v1` and `/v1beta`. */
export interface GeminiLab extends LabVendor {
  /** Answers and jobs that were made. */
  made(): number;
}

const FIELDS = ['contents', 'systemInstruction', 'tools', 'toolConfig', 'generationConfig', 'safetySettings', 'cachedContent', 'labels'];
const CONFIG_FIELDS = [
  ...['temperature', 'topP', 'topK', 'maxOutputTokens', 'stopSequences', 'candidateCount', 'seed', 'presencePenalty'],
  ...['frequencyPenalty', 'responseLogprobs', 'logprobs', 'responseMimeType', 'responseJsonSchema', 'responseSchema'],
  ...['thinkingConfig', 'responseModalities', 'imageConfig', 'mediaResolution', 'speechConfig'],
];
const PART_FIELDS = ['text', 'inlineData', 'fileData', 'functionCall', 'functionResponse', 'thought', 'thoughtSignature'];
const SIGNATURE = 'c2lnbmVkLWJ5LXRoZS1sYWI=';

export function createGeminiLab(): GeminiLab {
  let generated = 0;
  const interactions = interactionRoutes();

  function generate(request: LabRequest, model: string, isStream: boolean): LabAnswer {
    const body = request.json();
    checkGenerate(body, model);
    refuseAsAsked(request.fault);
    generated += 1;
    const responses = answersTo(body, model, request.fault);
    if (!isStream) return { json: merged(responses) };
    return { events: responses.map((data) => ({ data })) };
  }

  const call: LabRoute = {
    method: 'POST',
    path: '/:version/models/:call',
    isPaid: true,
    handle: strictly((request) => {
      const [model = '', method = ''] = (request.params['call'] ?? '').split(':');
      if (!model.startsWith('gemini')) throw new Refusal(404, `models/${model} is not found for API version ${version(request)}.`);
      if (method === 'generateContent') return generate(request, model, false);
      if (method === 'streamGenerateContent' && request.query.get('alt') === 'sse') return generate(request, model, true);
      if (method === 'batchEmbedContents') return embed(request.json(), model);
      throw new Refusal(404, `Method ${method} is not found.`);
    }),
  };

  return {
    kind: 'gemini',
    ownFaults: [
      ...interactions.ownFaults,
      ...['blocked_prompt', 'safety', 'malformed_call', 'error_in_stream', 'retry_info', 'daily_quota', 'overflow', 'cut_answer'],
      ...['text_only', 'image_safety'],
    ],
    routes: [call, ...interactions.routes],
    ...GOOGLE_REFUSAL,
    made: () => generated + interactions.made(),
  };
}

function refuseAsAsked(fault: string | null): void {
  const quota = (quotaId: string) => ({ '@type': 'type.googleapis.com/google.rpc.QuotaFailure', violations: [{ quotaId }] });
  const retry = { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '17s' };
  const message = 'You exceeded your current quota.';
  if (fault === 'retry_info') throw new Refusal(429, message, [quota('GenerateRequestsPerMinutePerProjectPerModel'), retry]);
  if (fault === 'daily_quota') throw new Refusal(429, message, [quota('GenerateRequestsPerDayPerProjectPerModel-FreeTier'), retry]);
  if (fault === 'overflow')
    throw new Refusal(400, 'The input token count (1048577) exceeds the maximum number of tokens allowed (1048576).');
}

/** What Google refuses in a request. */
function checkGenerate(body: Json, model: string): void {
  checkNames(body, FIELDS, 'request');
  const config = (body['generationConfig'] ?? {}) as Json;
  checkNames(config, CONFIG_FIELDS, 'generation_config');
  const { candidateCount } = config;
  if (candidateCount !== undefined && (typeof candidateCount !== 'number' || candidateCount < 1 || candidateCount > 8)) {
    throw new Refusal(400, 'candidateCount must be from 1 to 8.');
  }
  if (config['logprobs'] !== undefined && config['responseLogprobs'] !== true) throw new Refusal(400, 'logprobs needs responseLogprobs.');
  if (config['responseJsonSchema'] !== undefined && config['responseMimeType'] !== 'application/json') {
    throw new Refusal(400, 'A response schema needs responseMimeType application/json.');
  }
  checkImage(config, model);
  const contents = body['contents'];
  if (!Array.isArray(contents) || contents.length === 0) throw new Refusal(400, 'contents is not specified');
  let calls: Json[] = [];
  for (const content of contents as Json[]) {
    if (content['role'] !== 'user' && content['role'] !== 'model') throw new Refusal(400, 'Please use a valid role: user, model.');
    const parts = content['parts'] as Json[] | undefined;
    if (!Array.isArray(parts) || parts.length === 0) throw new Refusal(400, 'contents.parts must not be empty.');
    parts.forEach(checkPart);
    const results = parts.filter((part) => part['functionResponse'] !== undefined);
    if (results.length > 0 || calls.length > 0) checkResults(results, calls);
    calls = parts.filter((part) => part['functionCall'] !== undefined);
    const [first] = calls;
    if (first !== undefined && !/gemini-[12]/.test(model) && typeof first['thoughtSignature'] !== 'string') {
      throw new Refusal(400, 'Function call is missing a thought_signature in functionCall parts.');
    }
  }
  checkTools(body);
}

function checkPart(part: Json): void {
  checkNames(part, PART_FIELDS, 'part');
  const data = ['text', 'inlineData', 'fileData', 'functionCall', 'functionResponse'].filter((name) => part[name] !== undefined);
  if (data.length !== 1 || part['text'] === '') throw new Refusal(400, "required oneof field 'data' must have one initialized field");
  const inline = part['inlineData'] as Json | undefined;
  if (inline !== undefined && (typeof inline['mimeType'] !== 'string' || !/^[A-Za-z0-9+/]+=*$/.test(String(inline['data'])))) {
    throw new Refusal(400, 'Base64 decoding failed.');
  }
}

function checkResults(results: readonly Json[], calls: readonly Json[]): void {
  const of = (part: Json) => (part['functionResponse'] ?? part['functionCall']) as Json;
  if (results.length !== calls.length) {
    throw new Refusal(400, 'The number of function response parts must be equal to the number of function call parts of the turn.');
  }
  for (const result of results.map(of)) {
    if (typeof result['response'] !== 'object') throw new Refusal(400, 'function_response.response must be an object.');
    const made = calls.map(of).some((call) => call['name'] === result['name'] && call['id'] === result['id']);
    if (!made) throw new Refusal(400, `There is no function call for ${String(result['name'])}.`);
  }
}

function checkTools(body: Json): void {
  const declarations = declared(body);
  for (const { name } of declarations) {
    if (!/^[A-Za-z_][\w.:-]{0,63}$/.test(String(name))) throw new Refusal(400, `Invalid function name: ${String(name)}.`);
  }
  const choice = ((body['toolConfig'] as Json | undefined)?.['functionCallingConfig'] ?? {}) as Json;
  const { mode, allowedFunctionNames: names } = choice;
  if (mode !== undefined && !(['AUTO', 'ANY', 'NONE', 'VALIDATED'] as unknown[]).includes(mode)) throw new Refusal(400, 'Invalid mode.');
  if (names !== undefined && mode !== 'ANY' && mode !== 'VALIDATED') throw new Refusal(400, 'allowed_function_names needs mode ANY.');
}

function declared(body: Json): Json[] {
  const tools = (body['tools'] ?? []) as Json[];
  return tools.flatMap((tool) => (tool['functionDeclarations'] ?? []) as Json[]);
}

function checkImage(config: Json, model: string): void {
  const modalities = (config['responseModalities'] ?? ['TEXT']) as string[];
  if (modalities.some((modality) => !['TEXT', 'IMAGE', 'AUDIO'].includes(modality))) throw new Refusal(400, 'Invalid response modality.');
  const makesImages = modalities.includes('IMAGE');
  if (makesImages !== model.includes('image')) throw new Refusal(400, `${model} does not support the response modalities.`);
  const image = (config['imageConfig'] ?? {}) as Json;
  checkNames(image, ['aspectRatio', 'imageSize', 'personGeneration'], 'generation_config.image_config');
  const { aspectRatio, imageSize } = image;
  if (aspectRatio !== undefined && !RATIOS.includes(aspectRatio)) throw new Refusal(400, 'aspect_ratio is not supported.');
  if (imageSize !== undefined && !SIZES.includes(imageSize)) throw new Refusal(400, 'image_size is not supported.');
  if (makesImages && ((config['candidateCount'] as number | undefined) ?? 1) > 1) {
    throw new Refusal(400, 'Multiple candidates is not enabled for this model.');
  }
}

const RATIOS: readonly unknown[] = ['1:1', '2:3', '3:2', '3:4', '4:3', '4:5', '5:4', '9:16', '16:9', '21:9'];
const SIZES: readonly unknown[] = ['512', '1K', '2K', '4K'];

/** The pieces of an answer; a whole one is all of them together. */
function answersTo(body: Json, model: string, fault: string | null): Json[] {
  if (fault === 'blocked_prompt') return [envelope({ promptFeedback: { blockReason: 'PROHIBITED_CONTENT' }, usageMetadata: USED.blocked })];
  const config = (body['generationConfig'] ?? {}) as Json;
  const count = (config['candidateCount'] as number | undefined) ?? 1;
  const whole = fault === 'image_safety' ? [] : partsFor(body, model, fault);
  const most = ((config['maxOutputTokens'] as number | undefined) ?? Infinity) * 4;
  const isCut = whole.flat().reduce((length, { text }) => length + (typeof text === 'string' ? text.length : 0), 0) > most;
  const pieces = isCut ? [[{ text: 'You said: '.slice(0, most) }]] : whole;
  const end =
    fault === 'safety'
      ? 'SAFETY'
      : fault === 'image_safety'
        ? 'IMAGE_SAFETY'
        : fault === 'malformed_call'
          ? 'MALFORMED_FUNCTION_CALL'
          : isCut
            ? 'MAX_TOKENS'
            : 'STOP';
  const responses = pieces.map((parts) =>
    envelope({ candidates: Array.from({ length: count }, (_, index) => ({ index, content: { role: 'model', parts } })) }),
  );
  if (fault === 'error_in_stream') return [...responses, { error: { code: 503, message: 'Overloaded.', status: 'UNAVAILABLE' } }];
  if (fault === 'cut_answer') return responses;
  const logprobsResult = {
    chosenCandidates: [{ token: 'You', logProbability: -0.25 }],
    topCandidates: [{ candidates: [{ token: 'You', logProbability: -0.25 }] }],
  };
  const last = Array.from({ length: count }, (_, index) => ({
    index,
    finishReason: end,
    content: { role: 'model' },
    ...(config['responseLogprobs'] === true ? { logprobsResult } : {}),
  }));
  return [...responses, envelope({ candidates: last, usageMetadata: USED.all })];
}

const USED = {
  all: {
    promptTokenCount: 10,
    cachedContentTokenCount: 4,
    candidatesTokenCount: 5,
    thoughtsTokenCount: 3,
    toolUsePromptTokenCount: 2,
    totalTokenCount: 20,
  },
  blocked: { promptTokenCount: 10, totalTokenCount: 10 },
};

function envelope(fields: Json): Json {
  return { ...fields, modelVersion: 'lab', responseId: 'lab-response' };
}

function partsFor(body: Json, model: string, fault: string | null): Json[][] {
  const config = (body['generationConfig'] ?? {}) as Json;
  if (model.includes('image')) {
    const image = { inlineData: { mimeType: 'image/png', data: PNG.toString('base64') } };
    const draft = { ...image, thought: true };
    return fault === 'text_only' ? [[{ text: 'I would rather talk.' }]] : [[draft], [{ ...image, thoughtSignature: SIGNATURE }]];
  }
  const thinking = (config['thinkingConfig'] as Json | undefined)?.['includeThoughts'] === true;
  const thoughts = thinking ? [[{ text: 'Let me think.', thought: true }]] : [];
  const last = ((body['contents'] as Json[]).at(-1)?.['parts'] ?? []) as Json[];
  const said = last.map((part) => (typeof part['text'] === 'string' ? part['text'] : '')).join(' ');
  const isAnswered = last.some((part) => part['functionResponse'] !== undefined);
  const choice = (((body['toolConfig'] as Json | undefined)?.['functionCallingConfig'] ?? {}) as Json)['mode'];
  const functions = declared(body).slice(0, /both/i.test(said) ? 2 : 1);
  if (functions.length > 0 && !isAnswered && choice !== 'NONE') {
    const signed = /gemini-[12]/.test(model) ? {} : { thoughtSignature: SIGNATURE };
    const calls = functions.map(({ name }, index) => ({
      functionCall: { id: randomUUID().slice(0, 8), name, args: { city: index === 0 ? 'Riga' : 'Oslo' } },
      ...(index === 0 ? signed : {}),
    }));
    return [...thoughts, calls];
  }
  if (config['responseMimeType'] === 'application/json') return [...thoughts, [{ text: '{"lab":' }], [{ text: 'true}' }]];
  return [...thoughts, [{ text: 'You said: ' }], [{ text: isAnswered ? JSON.stringify(last) : said }]];
}

/** The pieces as one answer. */
function merged(responses: readonly Json[]): Json {
  const all = responses.flatMap((response) => (response['candidates'] ?? []) as Json[]);
  const indices = [...new Set(all.map(({ index }) => index))];
  const candidates = indices.map((index) => {
    const own = all.filter((candidate) => candidate['index'] === index);
    const parts = own.flatMap((candidate) => ((candidate['content'] as Json)['parts'] ?? []) as Json[]);
    return { ...Object.assign({}, ...own), content: { role: 'model', parts } } as Json;
  });
  return { ...(Object.assign({}, ...responses) as Json), ...(candidates.length === 0 ? {} : { candidates }) };
}

function embed(body: Json, model: string): LabAnswer {
  const requests = body['requests'];
  if (!Array.isArray(requests) || requests.length === 0) throw new Refusal(400, 'requests is empty');
  const embeddings = (requests as Json[]).map((request) => {
    if (request['model'] !== `models/${model}`) throw new Refusal(400, 'The model of a request differs from that of the batch.');
    checkNames(request, ['model', 'content', 'taskType', 'title', 'outputDimensionality'], 'request');
    return { values: Array.from({ length: (request['outputDimensionality'] as number | undefined) ?? 4 }, (_, at) => at / 4) };
  });
  return { json: { embeddings } };
}
