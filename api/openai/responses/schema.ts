import { z } from 'zod';
import { byType, imageUrl } from '../chat/messages';
import { tokenCount, toolFunction, toolName } from '../chat/schema';
import { routingFields } from '../../submit/routing-fields';
import { templateFields } from '../../templates/fields';
import { common, storable } from '../../tasks/schema';

const text = z.string().nullish();
const flag = z.boolean().nullish();
const callId = z.string().min(1).max(512);
const textPart = z.looseObject({ text: z.string() });

/** Parts of a content that are known are checked; others are left out and named. */
const contentPart = z.looseObject({ type: z.string().min(1) }).superRefine(
  byType({
    text: textPart,
    input_text: textPart,
    output_text: textPart,
    summary_text: textPart,
    reasoning_text: textPart,
    refusal: z.looseObject({ refusal: z.string() }),
    input_image: z
      .looseObject({ image_url: imageUrl.nullish(), file_id: text, detail: text })
      .refine(({ image_url: url }) => url !== null && url !== undefined, {
        message: 'Give the image as image_url: an http:// or https:// URL or a data: URL. Files by file_id are not kept here.',
        path: ['image_url'],
      }),
    input_file: z
      .looseObject({ file_data: text, file_id: text, filename: text })
      .refine(({ file_data: data, file_id: id }) => (data ?? id ?? null) !== null, {
        message: 'Give the file as file_data, or name it by file_id.',
        path: ['file_data'],
      }),
    input_audio: z.looseObject({ input_audio: z.looseObject({ data: z.string().min(1), format: z.string().min(1) }) }),
  }),
);
const content = z.union([z.string(), z.array(contentPart)]);

const checkItem = byType({
  message: z.looseObject({ role: z.enum(['user', 'assistant', 'system', 'developer']), content }),
  function_call: z.looseObject({ call_id: callId, name: z.string().min(1), arguments: z.string() }),
  function_call_output: z.looseObject({ call_id: callId, output: content }),
  custom_tool_call: z.looseObject({ call_id: callId, name: z.string().min(1), input: z.string() }),
  custom_tool_call_output: z.looseObject({ call_id: callId, output: content }),
  local_shell_call: z.looseObject({ call_id: callId, action: z.looseObject({ command: z.array(z.string()) }) }),
  local_shell_call_output: z.looseObject({ call_id: callId.nullish(), id: text, output: content }),
  reasoning: z.looseObject({ summary: z.array(contentPart).nullish(), content: z.array(contentPart).nullish(), encrypted_content: text }),
  item_reference: z.looseObject({ id: z.string().min(1).max(255) }),
});

/** A message, call or result of a conversation; one without a `type` is a message. */
const inputItem = z
  .looseObject({ type: z.string().min(1).nullish() })
  .superRefine((item, fault) => checkItem({ ...item, type: item.type ?? 'message' }, fault))
  .meta({ id: 'ResponseInputItem' });
export type InputItem = z.output<typeof inputItem>;

const checkTool = byType({
  function: toolFunction,
  custom: z.looseObject({ name: toolName, description: text, format: z.looseObject({}).nullish() }),
});
const checkNestedTool = byType({ function: z.looseObject({ function: toolFunction }) });

/** A tool, flat as this endpoint has it; a function may also come nested, as chats have it. */
const tool = z.looseObject({ type: z.string().min(1) }).superRefine((given, fault) => {
  const isNested = typeof given['function'] === 'object' && given['function'] !== null;
  (isNested ? checkNestedTool : checkTool)(given, fault);
});
export type Tool = z.output<typeof tool>;

const textFormat = z.looseObject({ type: z.string().min(1) }).superRefine(
  byType({
    json_schema: z.looseObject({
      name: z.string().regex(/^[\w-]{1,64}$/, 'must be 1 to 64 letters, digits, "_" or "-"'),
      schema: z.looseObject({}),
      strict: flag,
      description: text,
    }),
  }),
);

/** Body of `POST /v1/responses`. Fields that are not known travel to the provider. */
export const responsesBody = z
  .looseObject({
    model: z.string().min(1).max(255).nullish(),
    input: z.union([z.string(), z.array(inputItem).min(1)]),
    instructions: text,
    background: flag,
    store: flag,
    stream: flag,
    stream_options: z.looseObject({}).nullish(),
    previous_response_id: storable(255).nullish(),
    conversation: z.unknown().optional(),
    prompt: z.unknown().optional(),
    include: z.array(z.string()).nullish(),
    max_output_tokens: tokenCount,
    max_tool_calls: z.int().min(1).nullish(),
    metadata: common.metadata,
    parallel_tool_calls: flag,
    reasoning: z.looseObject({ effort: text, summary: text, generate_summary: text }).nullish(),
    temperature: z.number().min(0).nullish(),
    top_p: z.number().min(0).max(1).nullish(),
    top_logprobs: z.int().min(0).max(20).nullish(),
    text: z.looseObject({ format: textFormat.nullish(), verbosity: text }).nullish(),
    tools: z.array(tool).nullish(),
    tool_choice: z.union([z.enum(['none', 'auto', 'required']), z.looseObject({ type: z.string().min(1) })]).nullish(),
    truncation: z.enum(['auto', 'disabled']).nullish(),
    service_tier: text,
    prompt_cache_key: text,
    safety_identifier: text,
    user: text,
    ...routingFields,
    ...templateFields,
  })
  .meta({ id: 'ResponseRequest' });
export type ResponsesBody = z.output<typeof responsesBody>;

/** Query of `GET /v1/responses/{id}`. `include` and unknown ones change nothing. */
export const retrieveQuery = z.looseObject({
  stream: z.enum(['true', 'false']).optional(),
  starting_after: z.coerce.number().int().min(0).optional(),
});

/** Query of `GET /v1/responses/{id}/input_items`. */
export const inputItemsQuery = z.looseObject({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  after: z.string().min(1).max(255).optional(),
  order: z.enum(['asc', 'desc']).default('desc'),
});
