import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { ChatOpenAI } from '@langchain/openai';
import { jsonSchema, streamText, type ToolSet } from 'ai';
import OpenAI from 'openai';

/** What a client's library makes of a stream. */
export interface Seen {
  readonly text: string;
  readonly calls: readonly { readonly id: string; readonly name: string; readonly args: unknown }[];
  readonly finish: string | null;
}

/** How a test reaches the endpoint: over HTTP, or by a `fetch` that answers with the stream in hand. */
export interface Endpoint {
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly fetch?: typeof globalThis.fetch;
}

type Judge = (endpoint: Endpoint, model: string) => Promise<Seen>;

const prompt = 'Go.';
const TOOL_NAMES = ['f', 'g', 'get_weather'];

async function openaiNode({ baseUrl, apiKey, fetch }: Endpoint, model: string): Promise<Seen> {
  const client = new OpenAI({ baseURL: baseUrl, apiKey, maxRetries: 0, ...(fetch === undefined ? {} : { fetch }) });
  const answer = await client.chat.completions.stream({ model, messages: [{ role: 'user', content: prompt }] }).finalChatCompletion();
  const choice = answer.choices[0]!;
  return {
    text: choice.message.content ?? '',
    calls: (choice.message.tool_calls ?? []).map(({ id, function: called }) => ({
      id,
      name: called.name,
      args: JSON.parse(called.arguments),
    })),
    finish: choice.finish_reason,
  };
}

async function aiSdk({ baseUrl, apiKey, fetch }: Endpoint, model: string): Promise<Seen> {
  const provider = createOpenAICompatible({ name: 'atelier', baseURL: baseUrl, apiKey, ...(fetch === undefined ? {} : { fetch }) });
  const tools: ToolSet = Object.fromEntries(TOOL_NAMES.map((name) => [name, { inputSchema: jsonSchema({ type: 'object' }) }]));
  let failure: unknown;
  const result = streamText({ model: provider(model), prompt, tools, maxRetries: 0, onError: ({ error }) => void (failure = error) });
  await result.consumeStream();
  if (failure !== undefined) throw new Error('The AI SDK failed.', { cause: failure });
  return {
    text: await result.text,
    calls: (await result.toolCalls).map((call) => ({ id: call.toolCallId, name: call.toolName, args: call.input })),
    finish: (await result.finishReason).replaceAll('-', '_'),
  };
}

async function langchain({ baseUrl, apiKey, fetch }: Endpoint, model: string): Promise<Seen> {
  const client = new ChatOpenAI({
    model,
    apiKey,
    maxRetries: 0,
    configuration: { baseURL: baseUrl, ...(fetch === undefined ? {} : { fetch }) },
  });
  let all: Awaited<ReturnType<ChatOpenAI['invoke']>> | undefined;
  for await (const piece of await client.stream(prompt)) all = all === undefined ? piece : all.concat(piece);
  return {
    text: all?.text ?? '',
    calls: (all?.tool_calls ?? []).map((call) => ({ id: call.id ?? '', name: call.name, args: call.args })),
    finish: (all?.response_metadata['finish_reason'] as string | undefined) ?? null,
  };
}

export const JUDGES: Readonly<Record<string, Judge>> = {
  'openai-node': openaiNode,
  '@ai-sdk/openai-compatible': aiSdk,
  '@langchain/openai': langchain,
};

export async function judgeAll(endpoint: Endpoint, model: string): Promise<Readonly<Record<string, Seen>>> {
  const seen = await Promise.all(Object.entries(JUDGES).map(async ([name, judge]) => [name, await judge(endpoint, model)] as const));
  return Object.fromEntries(seen);
}
