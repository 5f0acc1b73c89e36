import { z } from 'zod';

/** What OpenAI's own servers take: they refuse what they do not know. */

const text = z.string();
const part = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('text'), text }),
  z.strictObject({
    type: z.literal('image_url'),
    image_url: z.strictObject({
      url: z.string().regex(/^(https?:|data:image\/)/),
      detail: z.enum(['auto', 'low', 'high', 'original']).optional(),
    }),
  }),
  z.strictObject({ type: z.literal('input_audio'), input_audio: z.strictObject({ data: text, format: z.enum(['wav', 'mp3']) }) }),
  z.strictObject({
    type: z.literal('file'),
    file: z.strictObject({ file_data: text.optional(), file_id: text.optional(), filename: text.optional() }),
  }),
]);
const content = z.union([text, z.array(part).min(1)]);
const call = z.strictObject({ id: text, type: z.literal('function'), function: z.strictObject({ name: text, arguments: text }) });
const instruction = z.strictObject({ role: z.enum(['system', 'developer']), content, name: text.optional() });
const user = z.strictObject({ role: z.literal('user'), content, name: text.optional() });
const assistant = z.strictObject({
  role: z.literal('assistant'),
  content: content.nullish(),
  refusal: text.nullish(),
  tool_calls: z.array(call).min(1).optional(),
  name: text.optional(),
});
const result = z.strictObject({ role: z.literal('tool'), content, tool_call_id: text });
const message = z.discriminatedUnion('role', [instruction, user, assistant, result]);
const thoughtful = z.strictObject({ ...assistant.shape, reasoning_content: text.nullish() });
const tool = z.strictObject({
  type: z.literal('function'),
  function: z.strictObject({
    name: z.string().regex(/^[\w-]{1,64}$/),
    description: text.optional(),
    parameters: z.looseObject({}).optional(),
    strict: z.boolean().nullish(),
  }),
});
export const chat = z.strictObject({
  model: text,
  messages: z.array(message).min(1),
  max_tokens: z.int().min(1).nullish(),
  max_completion_tokens: z.int().min(1).nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  presence_penalty: z.number().min(-2).max(2).nullish(),
  frequency_penalty: z.number().min(-2).max(2).nullish(),
  seed: z.int().nullish(),
  n: z.int().min(1).max(128).nullish(),
  stop: z.union([text, z.array(text).max(4)]).nullish(),
  tools: z.array(tool).min(1).optional(),
  tool_choice: z
    .union([
      z.enum(['none', 'auto', 'required']),
      z.strictObject({ type: z.literal('function'), function: z.strictObject({ name: text }) }),
    ])
    .optional(),
  parallel_tool_calls: z.boolean().optional(),
  response_format: z.looseObject({ type: z.enum(['text', 'json_object', 'json_schema']) }).optional(),
  reasoning_effort: z.enum(['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']).nullish(),
  user: text.max(64).optional(),
  safety_identifier: text.optional(),
  store: z.boolean().nullish(),
  metadata: z.record(text, text).nullish(),
  stream: z.boolean().nullish(),
  stream_options: z.strictObject({ include_usage: z.boolean().optional(), include_obfuscation: z.boolean().optional() }).nullish(),
});
/** DeepSeek's: it thinks unless it is told not to, and takes back what it thought. */
export const deepSeekChat = z.strictObject({
  ...chat.shape,
  messages: z.array(z.discriminatedUnion('role', [instruction, user, thoughtful, result])).min(1),
  thinking: z.strictObject({ type: z.enum(['enabled', 'disabled']) }).optional(),
});
export type Chat = z.output<typeof deepSeekChat>;
export const image = z.strictObject({
  model: text,
  prompt: text.min(1),
  n: z.int().min(1).max(10).optional(),
  size: z.union([z.literal('auto'), z.string().regex(/^\d+x\d+$/)]).optional(),
  quality: z.enum(['auto', 'low', 'medium', 'high']).optional(),
  background: z.enum(['auto', 'transparent', 'opaque']).optional(),
  output_format: z.enum(['png', 'jpeg', 'webp']).optional(),
  output_compression: z.int().min(0).max(100).optional(),
  moderation: z.enum(['auto', 'low']).optional(),
  user: text.optional(),
});
export const video = z.strictObject({
  model: text.optional(),
  prompt: text.min(1),
  seconds: z.enum(['4', '8', '12']).optional(),
  size: z.enum(['720x1280', '1280x720', '1024x1792', '1792x1024']).optional(),
});

/** @throws RangeError in the vendor's words */
export function readBody<Shape extends z.ZodType>(shape: Shape, given: unknown): z.output<Shape> {
  const read = shape.safeParse(given);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const names = issue?.code === 'unrecognized_keys' ? issue.keys.join() : (issue?.path.join('.') ?? '');
  throw new RangeError(
    `${issue?.code === 'unrecognized_keys' ? 'Unknown parameter' : 'Invalid value'}: '${names}'. ${issue?.message ?? ''}`,
  );
}
