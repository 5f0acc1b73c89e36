import { z } from 'zod';
import { routingFields } from '../submit/routing-fields';
import { byType, faultOfUrl } from '../openai/chat/messages';

const text = z.string().nullish();
const flag = z.boolean().nullish();

/** What Claude reads of images; other models read these too. */
const IMAGE_TYPES = ['image/jpeg', 'image/png', 'image/gif', 'image/webp'] as const;

const webUrl = z.string().superRefine((url, fault) => {
  const reason = /^\s*https?:/i.test(url) ? faultOfUrl(url) : 'Give an http:// or https:// URL, or the data itself as a base64 source.';
  if (reason !== null) fault.addIssue({ code: 'custom', message: reason, params: { code: 'invalid_url' } });
});

/** Base64 without a `data:` prefix. */
const base64 = z.string().superRefine((data, fault) => {
  if (faultOfUrl(`data:a/b;base64,${data}`) === null) return;
  fault.addIssue({
    code: 'custom',
    message: 'The data is not base64. Send it without a "data:" prefix.',
    params: { code: 'invalid_value' },
  });
});

const fileSource = z.looseObject({ type: z.literal('file') }).superRefine((_source, fault) => {
  fault.addIssue({ code: 'custom', message: 'Files of the Files API are not offered: send the data as a base64 source, or a URL.' });
});

const textBlock = z.looseObject({ type: z.literal('text'), text: z.string() });

const imageBlock = z.looseObject({
  type: z.literal('image'),
  source: z.discriminatedUnion('type', [
    z.looseObject({ type: z.literal('base64'), media_type: z.enum(IMAGE_TYPES), data: base64 }),
    z.looseObject({ type: z.literal('url'), url: webUrl }),
    fileSource,
  ]),
});

const documentBlock = z.looseObject({
  type: z.literal('document'),
  source: z.discriminatedUnion('type', [
    z.looseObject({ type: z.literal('base64'), media_type: z.literal('application/pdf'), data: base64 }),
    z.looseObject({ type: z.literal('text'), data: z.string() }),
    z.looseObject({ type: z.literal('url'), url: webUrl }),
    z.looseObject({ type: z.literal('content'), content: z.union([z.string(), z.array(z.union([textBlock, imageBlock]))]) }),
    fileSource,
  ]),
  title: text,
  context: text,
});

const searchResultBlock = z.looseObject({
  type: z.literal('search_result'),
  title: z.string(),
  source: z.string(),
  content: z.array(textBlock),
});

const resultPart = z.discriminatedUnion('type', [textBlock, imageBlock, documentBlock, searchResultBlock], {
  error: 'must be a text, image, document or search_result block',
});

const toolResultBlock = z.looseObject({
  type: z.literal('tool_result'),
  tool_use_id: z.string().min(1),
  content: z.union([z.string(), z.array(resultPart)]).nullish(),
  is_error: flag,
});

const userBlock = z.discriminatedUnion('type', [textBlock, imageBlock, documentBlock, searchResultBlock, toolResultBlock], {
  error: 'must be a text, image, document, search_result or tool_result block',
});

/** Blocks of a turn of the model's. Those of tools that Anthropic runs itself are known to no other provider. */
const assistantBlock = z.looseObject({ type: z.string().min(1) }).superRefine(
  byType({
    text: textBlock,
    tool_use: z.looseObject({ id: z.string().min(1), name: z.string().min(1), input: z.looseObject({}) }),
    thinking: z.looseObject({ thinking: z.string(), signature: text }),
    redacted_thinking: z.looseObject({ data: z.string() }),
  }),
);

const systemContent = z.union([z.string(), z.array(textBlock)]);

const message = z
  .discriminatedUnion('role', [
    z.looseObject({ role: z.literal('user'), content: z.union([z.string(), z.array(userBlock)]) }),
    z.looseObject({ role: z.literal('assistant'), content: z.union([z.string(), z.array(assistantBlock)]) }),
    z.looseObject({ role: z.literal('system'), content: systemContent }),
  ])
  .meta({ id: 'AnthropicMessage' });

const tool = z
  .looseObject({ name: z.string().regex(/^[\w.:-]{1,128}$/, 'must be 1 to 128 letters, digits, "_", "-", "." or ":"'), type: text })
  .superRefine((given, fault) => {
    if (given.type !== undefined && given.type !== null && given.type !== 'custom') return;
    const { input_schema: schema } = given;
    if (typeof schema === 'object' && schema !== null && !Array.isArray(schema)) return;
    const code = schema === undefined ? 'missing_required_parameter' : 'invalid_type';
    const message = `The tool "${given.name}" needs an input_schema: a JSON schema of the type "object".`;
    fault.addIssue({ code: 'custom', message, path: ['input_schema'], params: { code } });
  });

const toolChoice = z.discriminatedUnion('type', [
  z.looseObject({ type: z.enum(['auto', 'any']), disable_parallel_tool_use: flag }),
  z.looseObject({ type: z.literal('tool'), name: z.string().min(1), disable_parallel_tool_use: flag }),
  z.looseObject({ type: z.literal('none') }),
]);

const jsonFormat = z.looseObject({ type: z.literal('json_schema'), schema: z.looseObject({}) });

const counted = z.looseObject({
  model: z.string().min(1).max(255),
  messages: z.array(message).min(1),
  system: systemContent.nullish(),
  tools: z.array(tool).nullish(),
  tool_choice: toolChoice.nullish(),
  thinking: z.looseObject({ type: z.string().min(1) }).nullish(),
  output_config: z.looseObject({ effort: text, format: jsonFormat.nullish() }).nullish(),
  output_format: jsonFormat.nullish().describe('The earlier place of `output_config.format`.'),
});

/** Body of `POST /v1/messages/count_tokens`. Fields that are not known reach providers of Anthropic's format. */
export const countBody = counted.meta({ id: 'CountTokensRequest' });

/** Body of `POST /v1/messages`. Fields that are not known reach providers of Anthropic's format. */
export const messagesBody = counted
  .extend({
    max_tokens: z.int().min(1).max(10_000_000),
    stream: flag,
    temperature: z.number().min(0).nullish(),
    top_p: z.number().min(0).max(1).nullish(),
    top_k: z.int().min(0).nullish(),
    stop_sequences: z.array(z.string()).nullish(),
    metadata: z.looseObject({ user_id: text }).nullish(),
    ...routingFields,
  })
  .meta({ id: 'MessagesRequest' });

export type CountBody = z.output<typeof countBody>;
export type MessagesBody = z.output<typeof messagesBody>;
export type UserBlock = z.output<typeof userBlock>;
export type ResultPart = z.output<typeof resultPart>;
export type AssistantBlock = z.output<typeof assistantBlock>;
export type SystemContent = z.output<typeof systemContent>;
export type ImageBlock = z.output<typeof imageBlock>;
export type DocumentBlock = z.output<typeof documentBlock>;
