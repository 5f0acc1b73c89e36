import { randomUUID } from 'node:crypto';
import { blocksOf, readMessagesBody, signatureOf, type LabMessages } from './anthropic-request';
import type { LabAnswer, LabEvent, LabRequest, LabVendor } from './vendor';

/** The models of the lab, and when they were made. */
const MODELS: Readonly<Record<string, string>> = {
  'claude-opus-5': 'Claude Opus 5',
  'claude-sonnet-4-6': 'Claude Sonnet 4.6',
  'claude-haiku-4-5': 'Claude Haiku 4.5',
};
const VERSIONS = ['2023-06-01', '2026-10-21'];
const TYPES: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  409: 'conflict_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  500: 'api_error',
  503: 'api_error',
  504: 'timeout_error',
  529: 'overloaded_error',
};
/** The status of each fault that only this vendor has. */
const REFUSALS: Readonly<Record<string, number>> = { conflict: 409, too_large: 413, timeout: 504, overloaded_529: 529 };

type Block = Readonly<Record<string, unknown>> & { readonly type: string };

/**
 * Anthropic's Messages API. What is said decides: `call NAME {"a":1}` calls a tool (as often as it stands there), everything else is said
 * back. Faults of its own: `refusal`, `error_in_200` (whole, or in the middle of a stream), `spend_limit`, `no_credit`, `conflict`, `too_large`,
 * `timeout`, `overloaded_529`, `redacted`.
 */
export function createAnthropicLab(): LabVendor & { made(): number } {
  let made = 0;
  const vendor: LabVendor = {
    kind: 'anthropic',
    ownFaults: ['refusal', 'error_in_200', 'spend_limit', 'no_credit', 'redacted', ...Object.keys(REFUSALS)],
    refuse,
    unknown: ({ path }) => refuse(404, `There is no ${path}.`),
    routes: [
      {
        method: 'POST',
        path: '/v1/messages',
        isPaid: true,
        handle: (request) =>
          guarded(request, (version) => {
            const body = readMessagesBody(request.json(), version);
            if (!(body.model in MODELS)) return refuse(404, `model: ${body.model}`);
            const { fault } = request;
            if (fault !== null && REFUSALS[fault] !== undefined) return refuse(REFUSALS[fault], `The lab was asked for ${fault}.`);
            if (fault === 'no_credit')
              return refuse(400, 'Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing.');
            if (fault === 'spend_limit')
              return refuse(429, 'The organization has reached its spend limit.', 'contract_spend_limit_reached');
            made += 1;
            return answer(body, fault);
          }),
      },
      {
        method: 'POST',
        path: '/v1/messages/count_tokens',
        handle: (request) =>
          guarded(request, (version) => ({ json: { input_tokens: tokens(readMessagesBody(request.json(), version, true)) } })),
      },
      {
        method: 'GET',
        path: '/v1/models',
        handle: (request) =>
          guarded(request, () => {
            const data = Object.keys(MODELS).map(modelInfo);
            return { json: { data, has_more: false, first_id: data[0]?.id, last_id: data.at(-1)?.id } };
          }),
      },
      {
        method: 'GET',
        path: '/v1/models/:id',
        handle: (request) =>
          guarded(request, () => {
            const id = request.params['id'] ?? '';
            return id in MODELS ? { json: modelInfo(id) } : refuse(404, `model: ${id}`);
          }),
      },
    ],
  };
  return { ...vendor, made: () => made };
}

function refuse(status: number, message: string, code?: string): LabAnswer {
  const details = code === undefined ? {} : { details: { error_code: code } };
  const error = { type: TYPES[status] ?? 'api_error', message, ...details };
  const requestId = `req_${randomUUID().slice(0, 8)}`;
  return { status, headers: { 'request-id': requestId }, json: { type: 'error', error, request_id: requestId } };
}

function guarded(request: LabRequest, handle: (version: string) => LabAnswer): LabAnswer {
  const { headers } = request;
  const key = headers['x-api-key'] ?? /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1];
  if (typeof key !== 'string' || key === '' || key.startsWith('wrong')) return refuse(401, 'invalid x-api-key');
  const version = headers['anthropic-version'];
  if (typeof version !== 'string') return refuse(400, 'anthropic-version: header is required');
  if (!VERSIONS.includes(version)) return refuse(400, `anthropic-version: "${version}" is not a valid version.`);
  const beta = headers['anthropic-beta'];
  if (beta !== undefined && !/^[\w.-]+(, ?[\w.-]+)*$/.test(String(beta)))
    return refuse(400, `Unexpected value(s) for the \`anthropic-beta\` header`);
  if (request.method === 'POST' && !String(headers['content-type']).startsWith('application/json'))
    return refuse(400, 'content-type must be JSON');
  try {
    return handle(version);
  } catch (error) {
    if (error instanceof RangeError || error instanceof SyntaxError) return refuse(400, error.message);
    throw error;
  }
}

function modelInfo(id: string) {
  return { type: 'model' as const, id, display_name: MODELS[id], created_at: '2026-02-04T00:00:00Z' };
}

function tokens(value: unknown): number {
  return Math.ceil(JSON.stringify(value).length / 4);
}

function answer(body: LabMessages, fault: string | null): LabAnswer {
  const content = fault === 'refusal' ? [] : contentOf(body, fault === 'redacted');
  const stop = stopOf(body, content, fault);
  const thought = content.filter(({ type }) => type === 'thinking').length * 3;
  const marked = JSON.stringify(body).includes('"cache_control"');
  const isForAnHour = JSON.stringify(body).includes('"ttl":"1h"');
  const usage = {
    input_tokens: tokens([body.messages, body.system, body.tools]),
    cache_creation_input_tokens: marked ? 20 : 0,
    cache_read_input_tokens: marked ? 100 : 0,
    output_tokens: tokens(content) + thought,
    output_tokens_details: { thinking_tokens: thought },
    server_tool_use: null,
  };
  const message = {
    id: `msg_${randomUUID().replaceAll('-', '').slice(0, 24)}`,
    type: 'message',
    role: 'assistant',
    model: body.model,
    container: null,
    diagnostics: null,
  };
  const creation = { ephemeral_5m_input_tokens: isForAnHour ? 0 : 20, ephemeral_1h_input_tokens: isForAnHour ? 20 : 0 };
  const beside = { cache_creation: marked ? creation : null, inference_geo: null, service_tier: 'standard', speed: null };
  const failure = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' }, request_id: 'req_lab' };
  if (body.stream !== true)
    return { json: fault === 'error_in_200' ? failure : { ...message, content, ...stop, usage: { ...usage, ...beside } } };
  const start = { ...message, content: [], stop_reason: null, stop_sequence: null, stop_details: null };
  const head: LabEvent[] = [
    named({ type: 'message_start', message: { ...start, usage: { ...usage, ...beside, output_tokens: 1, output_tokens_details: null } } }),
    named({ type: 'ping' }),
  ];
  const blocks = content.flatMap((block, index) => eventsOf(block, index));
  if (fault === 'error_in_200') return { events: [...head, ...blocks.slice(0, 2), named(failure)] };
  const end = [named({ type: 'message_delta', delta: { ...stop, container: null }, usage }), named({ type: 'message_stop' })];
  return { events: [...head, ...blocks, ...end] };
}

function named(data: Readonly<Record<string, unknown>> & { readonly type: string }): LabEvent {
  return { event: data.type, data };
}

function eventsOf(block: Block, index: number): readonly LabEvent[] {
  const at = (type: string, more: object): LabEvent => named({ type, index, ...more });
  const delta = (type: string, field: string) => (piece: string) => at('content_block_delta', { delta: { type, [field]: piece } });
  const stop = at('content_block_stop', {});
  const start = (content: object) => at('content_block_start', { content_block: content });
  if (block.type === 'text')
    return [start({ ...block, text: '' }), ...pieces(String(block['text'])).map(delta('text_delta', 'text')), stop];
  if (block.type === 'tool_use') {
    const json = JSON.stringify(block['input']);
    const written = json === '{}' ? [''] : ['', ...pieces(json)];
    return [start({ ...block, input: {} }), ...written.map(delta('input_json_delta', 'partial_json')), stop];
  }
  if (block.type !== 'thinking') return [start(block), stop];
  const thought = pieces(String(block['thinking'])).map(delta('thinking_delta', 'thinking'));
  return [
    start({ type: 'thinking', thinking: '', signature: '' }),
    ...thought,
    delta('signature_delta', 'signature')(String(block['signature'])),
    stop,
  ];
}

function pieces(text: string): readonly string[] {
  return text.match(/[^]{1,7}/g) ?? [];
}

function contentOf(body: LabMessages, isRedacted: boolean): Block[] {
  const last = blocksOf(body.messages.at(-1)?.content ?? '');
  const said = last.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join(' ');
  const thinks = body.thinking?.type === 'enabled' || body.thinking?.type === 'adaptive';
  const thought = `Thinking about: ${said.slice(0, 40)}`;
  const thinking: Block[] = thinks ? [{ type: 'thinking', thinking: thought, signature: signatureOf(thought) }] : [];
  if (thinks && isRedacted) thinking.push({ type: 'redacted_thinking', data: 'c2VhbGVk' }, { type: 'redacted_thinking', data: 'b3RoZXI=' });
  const calls = callsOf(body, said);
  if (calls.length > 0) return [...thinking, { type: 'text', text: 'Let me see.', citations: null }, ...calls];
  return [...thinking, { type: 'text', text: textOf(body, last, said), citations: null }];
}

function callsOf({ tools = [], tool_choice: choice }: LabMessages, said: string): Block[] {
  if (choice?.type === 'none') return [];
  const asked = [...said.matchAll(/call ([\w-]+)(?: (\{.*?\}))?/g)].map(([, name = '', input = '{}']) => ({
    name,
    input: JSON.parse(input) as unknown,
  }));
  const known = asked.filter(({ name }) => tools.some((tool) => tool.name === name));
  const forced = choice?.type === 'tool' ? choice.name : choice?.type === 'any' ? tools[0]?.name : undefined;
  const calls = forced === undefined || known.length > 0 ? known : [{ name: forced, input: {} }];
  const isSingle = choice !== undefined && 'disable_parallel_tool_use' in choice && choice.disable_parallel_tool_use === true;
  return calls.slice(0, isSingle ? 1 : undefined).map(({ name, input }) => ({
    type: 'tool_use',
    id: `toolu_${randomUUID().slice(0, 8)}`,
    name,
    input,
    caller: { type: 'direct' },
  }));
}

function textOf(body: LabMessages, last: ReturnType<typeof blocksOf>, said: string): string {
  const schema = body.output_config?.format?.schema;
  if (schema !== undefined) return JSON.stringify(valueOf(schema));
  const results = last.flatMap((block) => (block.type === 'tool_result' ? [block.content] : []));
  if (results.length > 0)
    return `The tools said: ${results.map((result) => (typeof result === 'string' ? result : JSON.stringify(result))).join('; ')}`;
  const seen = last.map(({ type }) => type).filter((type) => type !== 'text');
  return `You said: ${said}${seen.length === 0 ? '' : ` (with ${seen.join(', ')})`}`;
}

/** The simplest value of a schema. */
function valueOf(schema: Record<string, unknown>): unknown {
  if (Array.isArray(schema['enum'])) return schema['enum'][0];
  if (schema['type'] === 'object') {
    const properties = Object.entries((schema['properties'] ?? {}) as Record<string, Record<string, unknown>>);
    return Object.fromEntries(properties.map(([name, inner]) => [name, valueOf(inner)]));
  }
  if (schema['type'] === 'array') return [];
  return schema['type'] === 'string' ? 'text' : schema['type'] === 'boolean' ? false : 0;
}

/** Cuts the text where the request wants it cut, and says why the answer ended. */
function stopOf(body: LabMessages, content: Block[], fault: string | null) {
  const said = (reason: string, sequence: string | null = null, details: object | null = null) => ({
    stop_reason: reason,
    stop_sequence: sequence,
    stop_details: details,
  });
  if (fault === 'refusal') return said('refusal', null, { type: 'refusal', category: 'cyber', explanation: 'This may cause harm.' });
  const last = content.at(-1);
  if (last?.type !== 'text') return said('tool_use');
  const words = String(last['text']);
  const sequence = body.stop_sequences?.find((candidate) => words.includes(candidate));
  if (sequence !== undefined) {
    content[content.length - 1] = { ...last, text: words.slice(0, words.indexOf(sequence)) };
    return said('stop_sequence', sequence);
  }
  const most = body.max_tokens * 4;
  if (words.length > most) {
    content[content.length - 1] = { ...last, text: words.slice(0, most) };
    return said('max_tokens');
  }
  return said('end_turn');
}
