import type { Provider } from '../../domain/provider/catalogue';
import { isAppError, type AppError } from '../../domain/errors';
import type { OutputParams } from '../../domain/task/generation';
import type { ChatCall, ChatChunk, EmbeddingCall, JobRef, MediaCall, MediaFile, ProviderAdapter } from '../../domain/provider/provider';
import { createProviderRegistry } from '../../adapters/providers/registry';

const TIMEOUTS = { firstByteMs: 5_000, wholeFirstByteMs: 5_000, idleMs: 5_000, submitMs: 5_000, totalMs: 20_000 };

/** The adapter of a provider at `baseUrl`. */
export function openaiAt(baseUrl: string, changes: Partial<Provider> = {}): Required<Pick<ProviderAdapter, 'text' | 'media'>> {
  return createProviderRegistry()(provider({ baseUrl, ...changes })) as Required<ProviderAdapter>;
}

export function sandbox(): Required<Pick<ProviderAdapter, 'text' | 'media'>> {
  return createProviderRegistry()(provider({ kind: 'sandbox', baseUrl: null, secrets: {} })) as Required<ProviderAdapter>;
}

export function provider(changes: Partial<Provider> = {}): Provider {
  return {
    name: 'fake',
    kind: 'openai',
    baseUrl: null,
    secrets: { api_key: 'sk-test-0123456789abcdef' },
    options: {},
    honoursIdempotencyKey: false,
    unknownOutcome: null,
    maxConcurrency: 8,
    headers: {},
    ...changes,
  };
}

type Limits = Partial<typeof TIMEOUTS>;

export function chatCall(
  content: string,
  changes: { params?: Record<string, unknown>; messages?: unknown[]; timeouts?: Limits } & Partial<
    Omit<ChatCall, 'timeouts' | 'input'>
  > = {},
): ChatCall {
  const { params = {}, messages, timeouts, ...rest } = changes;
  return {
    model: 'm',
    signal: new AbortController().signal,
    operationKey: 'task_1:1',
    ...rest,
    timeouts: { ...TIMEOUTS, ...timeouts },
    input: { operation: 'chat', messages: (messages as { role: string }[] | undefined) ?? [{ role: 'user', content }], params },
  };
}

export function embeddingCall(input: EmbeddingCall['input']['input'], params: Record<string, unknown> = {}, model = 'm'): EmbeddingCall {
  return {
    model,
    signal: new AbortController().signal,
    operationKey: 'task_1:1',
    timeouts: TIMEOUTS,
    input: { operation: 'embedding', input, params },
  };
}

export function mediaCall(
  kind: 'image' | 'video',
  prompt: string,
  changes: { output?: OutputParams; timeouts?: Limits } & Partial<Omit<MediaCall, 'timeouts' | 'output'>> = {},
): MediaCall {
  const { timeouts, output = {}, ...rest } = changes;
  return {
    kind,
    model: 'm',
    prompt,
    negativePrompt: null,
    images: [],
    video: null,
    params: {},
    signal: new AbortController().signal,
    operationKey: 'task_1:1',
    ...rest,
    output,
    timeouts: { ...TIMEOUTS, ...timeouts },
  };
}

export function job(upstreamId: string, model = 'm'): JobRef {
  return { kind: 'video', model, upstreamId, signal: new AbortController().signal };
}

export function file(role: string, bytes: Uint8Array, contentType = 'image/png'): MediaFile {
  return { role, contentType, filename: `${role}.png`, sizeBytes: bytes.byteLength, open: () => pieces(bytes) };
}

/** As storage hands bytes on: not all at once. */
async function* pieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  const half = Math.ceil(bytes.byteLength / 2);
  for (const piece of [bytes.subarray(0, half), bytes.subarray(half)]) yield await Promise.resolve(piece);
}

/** A choice of a whole answer, as far as tests read it. */
export function choice(
  answer: readonly unknown[],
  index = 0,
): { readonly message: { readonly content: string; readonly tool_calls: ToolCall[] } } {
  return answer[index] as ReturnType<typeof choice>;
}

export interface ToolCall {
  readonly type: string;
  readonly function: { readonly name: string; readonly arguments: string };
}

/** Collects the chunks of a streamed chat. */
export function collector(): { readonly chunks: ChatChunk[]; readonly onChunk: (chunk: ChatChunk) => void } {
  const chunks: ChatChunk[] = [];
  return { chunks, onChunk: (chunk) => void chunks.push(chunk) };
}

/** The AppError that `promise` rejects with. */
export async function failureOf(promise: Promise<unknown>): Promise<AppError> {
  const error: unknown = await promise.then(
    () => new Error('it succeeded'),
    (reason: unknown) => reason,
  );
  if (isAppError(error)) return error;
  throw error;
}

export async function readAll(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}
