import type { ServerResponse } from 'node:http';
import type { Behaviour, Step } from './plan';
import type { RecordedRequest } from './records';
import { beginEvents, pause, sendEvent, sendJson } from './reply';

interface Tool {
  readonly function: { readonly name: string };
}

/** Answers a chat: words, or a call of the first tool while the last message is the user's. */
export async function answerChat(response: ServerResponse, request: RecordedRequest, step: Step, behaviour: Behaviour): Promise<void> {
  const { body } = request;
  const words = Array.from({ length: behaviour.tokens }, (_, index) => `${index === 0 ? '' : ' '}word${index + 1}`);
  const tool = toolToCall(body);
  const usage = step.noUsage === true ? undefined : usageOf(body, tool === null ? words.length : 5);
  const head = {
    id: `chatcmpl-${request.idempotencyKey ?? 'fake'}`,
    created: 1_790_000_000,
    model: request.model,
    system_fingerprint: 'fp_fake',
  };
  const choices = Array.from({ length: Number(body['n'] ?? 1) }, (_, index) => index);
  if (body['stream'] !== true) {
    const message =
      tool === null
        ? { role: 'assistant', content: words.join(''), refusal: null }
        : { role: 'assistant', content: null, refusal: null, tool_calls: [{ id: 'call_1', ...call(tool, '{"city":"Oslo"}') }] };
    const finish = tool === null ? 'stop' : 'tool_calls';
    const list = choices.map((index) => ({ index, message, logprobs: null, finish_reason: finish }));
    sendJson(response, 200, { ...head, object: 'chat.completion', choices: list, usage });
    return;
  }

  beginEvents(response);
  const send = (index: number, delta: unknown, finish: string | null = null): void =>
    sendEvent(response, {
      ...head,
      object: 'chat.completion.chunk',
      choices: [{ index, delta, finish_reason: finish, logprobs: null }],
      usage: null,
    });
  for (const index of choices) send(index, { role: 'assistant', content: tool === null ? '' : null });
  const pieces = tool === null ? words.map((word) => ({ content: word })) : toolPieces(tool);
  for (const [position, piece] of pieces.entries()) {
    if (position === step.cutAfterTokens) return cut(response);
    if (position === step.endAfterTokens) return void response.end();
    if (position === step.errorAfterTokens) {
      sendEvent(response, { error: { message: 'The server broke.', type: 'server_error', code: step.code ?? null } });
      return void response.end();
    }
    if (response.destroyed) return;
    await pause(behaviour.tokenMs);
    for (const index of choices) send(index, piece);
  }
  for (const index of choices) send(index, {}, tool === null ? 'stop' : 'tool_calls');
  const wantsUsage = (body['stream_options'] as { include_usage?: boolean } | undefined)?.include_usage === true;
  if (wantsUsage && usage !== undefined) sendEvent(response, { ...head, object: 'chat.completion.chunk', choices: [], usage });
  sendEvent(response, '[DONE]');
  response.end();
}

/** Closes the connection once everything before is on its way. */
async function cut(response: ServerResponse): Promise<void> {
  await new Promise((resolve) => response.write(': cut\n\n', resolve));
  response.destroy();
}

function toolToCall(body: Readonly<Record<string, unknown>>): Tool | null {
  const tools = body['tools'] as Tool[] | undefined;
  const last = (body['messages'] as { role: string }[]).at(-1);
  return body['tool_choice'] === 'none' || last?.role !== 'user' ? null : (tools?.[0] ?? null);
}

function call(tool: Tool, args: string): Record<string, unknown> {
  return { type: 'function', function: { name: tool.function.name, arguments: args } };
}

function toolPieces(tool: Tool): unknown[] {
  const rest = ['{"city"', ':"Os', 'lo"}'].map((piece) => ({ tool_calls: [{ index: 0, function: { arguments: piece } }] }));
  return [{ tool_calls: [{ index: 0, id: 'call_1', ...call(tool, '') }] }, ...rest];
}

/** A token for every four characters of the messages; the words of the answer. */
function usageOf(body: Readonly<Record<string, unknown>>, perChoice: number): Record<string, unknown> {
  const prompt = Math.ceil(JSON.stringify(body['messages']).length / 4);
  const completion = perChoice * Number(body['n'] ?? 1);
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: { cached_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: 0 },
  };
}
