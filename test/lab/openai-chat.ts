import { randomUUID } from 'node:crypto';
import { chat, deepSeekChat, readBody, type Chat } from './openai-request';
import type { LabAnswer, LabEvent } from './vendor';

/** Chats: OpenAI's own models, and DeepSeek's, which think aloud in `reasoning_content` unless they are told not to. */
export const CHAT_MODELS = ['gpt-4.1', 'gpt-5-mini', 'deepseek-v4-flash'];

const REFUSES_SAMPLING = /^(o\d|gpt-5)/;

/** @throws RangeError in the vendor's words */
export function answerChat(given: unknown, fault: string | null): LabAnswer {
  const isDeepSeek = String((given as { model?: unknown } | null)?.model).startsWith('deepseek');
  const body: Chat = isDeepSeek ? readBody(deepSeekChat, given) : readBody(chat, given);
  const thinks = isDeepSeek && body.thinking?.type !== 'disabled';
  if (REFUSES_SAMPLING.test(body.model)) {
    const refused = (['max_tokens', 'temperature', 'top_p'] as const).find(
      (name) => typeof body[name] === 'number' && (name === 'max_tokens' || body[name] !== 1),
    );
    if (refused !== undefined) throw new RangeError(`Unsupported parameter: '${refused}' is not supported with this model.`);
  }
  if (body.stream !== true && body.stream_options !== undefined && body.stream_options !== null)
    throw new RangeError("'stream_options' needs 'stream'.");
  checkCalls(body);
  if (thinks) checkThoughts(body);
  const last = body.messages.at(-1);
  const parts = typeof last?.content === 'string' ? [{ type: 'text' as const, text: last.content }] : (last?.content ?? []);
  const said = parts.flatMap((piece) => (piece.type === 'text' ? [piece.text] : [])).join(' ');
  const calls = last?.role === 'user' ? callsOf(body, said) : [];
  const most = (body.max_completion_tokens ?? body.max_tokens ?? 1_000) * 4;
  const words = (last?.role === 'tool' ? `The tools said: ${said}` : `You said: ${said}`).slice(0, most);
  const finish = calls.length > 0 ? 'tool_calls' : words.length === most ? 'length' : 'stop';
  const thought = thinks ? `Thinking about: ${said.slice(0, 40)}` : '';
  const frame = { id: `chatcmpl-${randomUUID()}`, created: 1_790_000_000, model: body.model, system_fingerprint: null };
  const [prompt, reasoning] = [Math.ceil(JSON.stringify(body.messages).length / 4), Math.ceil(thought.length / 4)];
  const completion = reasoning + Math.ceil(words.length / 4);
  const usage = {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: { cached_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: reasoning },
    ...(isDeepSeek ? { prompt_cache_hit_tokens: 0, prompt_cache_miss_tokens: prompt } : {}),
  };
  const failure = { error: { message: 'The server had an error.', type: 'server_error', param: null, code: null } };
  if (body.stream !== true) {
    const answer = {
      role: 'assistant',
      content: calls.length > 0 ? null : words,
      refusal: null,
      ...(thinks ? { reasoning_content: thought } : {}),
      ...(calls.length > 0 ? { tool_calls: calls } : {}),
    };
    const whole = {
      ...frame,
      object: 'chat.completion',
      choices: [{ index: 0, message: answer, logprobs: null, finish_reason: finish }],
      usage,
    };
    return { json: fault === 'error_in_200' ? failure : whole };
  }
  const chunk = (delta: object, reason: string | null = null): LabEvent => ({
    data: { ...frame, object: 'chat.completion.chunk', choices: [{ index: 0, delta, logprobs: null, finish_reason: reason }] },
  });
  const pieces = [
    ...inPieces(thought).map((piece) => ({ reasoning_content: piece })),
    ...(calls.length > 0 ? calls.flatMap(piecesOf) : inPieces(words).map((piece) => ({ content: piece }))),
  ];
  const head = [chunk({ role: 'assistant', content: calls.length > 0 ? null : '' }), ...pieces.map((piece) => chunk(piece))];
  if (fault === 'error_in_200') return { events: [...head.slice(0, 2), { data: failure }] };
  const counted =
    body.stream_options?.include_usage === true ? [{ data: { ...frame, object: 'chat.completion.chunk', choices: [], usage } }] : [];
  return { events: [...head, chunk({}, finish), ...counted, { data: '[DONE]' }] };
}

interface Call {
  readonly id: string;
  readonly type: 'function';
  readonly function: { readonly name: string; readonly arguments: string };
}

function callsOf({ tools = [], tool_choice: choice, parallel_tool_calls: isParallel }: Chat, said: string): readonly Call[] {
  if (choice === 'none') return [];
  const asked = [...said.matchAll(/call ([\w-]+)(?: (\{.*?\}))?/g)].map(([, name = '', input = '{}']) => ({ name, arguments: input }));
  const known = asked.filter(({ name }) => tools.some((tool) => tool.function.name === name));
  const forced = typeof choice === 'object' ? choice.function.name : choice === 'required' ? tools[0]?.function.name : undefined;
  const called = forced === undefined || known.length > 0 ? known : [{ name: forced, arguments: '{}' }];
  return called
    .slice(0, isParallel === false ? 1 : undefined)
    .map((one, index) => ({ id: `call_${index}_${randomUUID().slice(0, 6)}`, type: 'function', function: one }));
}

function inPieces(text: string): readonly string[] {
  return text.match(/[^]{1,7}/g) ?? [];
}

function piecesOf({ id, type, function: called }: Call, index: number): object[] {
  const written = inPieces(called.arguments).map((piece) => ({ tool_calls: [{ index, function: { arguments: piece } }] }));
  return [{ tool_calls: [{ index, id, type, function: { name: called.name, arguments: '' } }] }, ...written];
}

/** Every call of a turn is answered at once after it. */
function checkCalls({ messages }: Chat): void {
  let open: string[] = [];
  for (const given of messages) {
    if (given.role === 'tool') {
      if (!open.includes(given.tool_call_id))
        throw new RangeError("messages with role 'tool' must be a response to a preceding message with 'tool_calls'.");
      open = open.filter((id) => id !== given.tool_call_id);
      continue;
    }
    if (open.length > 0) throw new RangeError(`tool_call_ids did not have response messages: ${open.join()}`);
    if (given.role === 'assistant') open = (given.tool_calls ?? []).map(({ id }) => id);
  }
}

/** DeepSeek wants to see again what it thought before its calls. */
function checkThoughts({ messages }: Chat): void {
  const forgotten = messages.some(
    (given) => given.role === 'assistant' && given.tool_calls !== undefined && !isText(given.reasoning_content),
  );
  if (forgotten) throw new RangeError('The reasoning_content in the thinking mode must be passed back to the API.');
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}
