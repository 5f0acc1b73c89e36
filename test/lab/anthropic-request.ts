import { createHash } from 'node:crypto';
import { z } from 'zod';

/** What Anthropic's servers take, as far as the types of its SDK and its pages say: everything else is refused. */

const cacheControl = z.strictObject({ type: z.literal('ephemeral'), ttl: z.enum(['5m', '1h']).optional() });
const cached = { cache_control: cacheControl.nullish() };
const base64 = z.string().regex(/^[A-Za-z0-9+/]+={0,2}$/, 'must be valid base64');
const httpsUrl = z.string().regex(/^https:\/\//, 'only HTTPS URLs are supported');
const id = z.string().regex(/^[a-zA-Z0-9_-]+$/);
const toolName = z.string().regex(/^[a-zA-Z0-9_-]{1,128}$/);

const text = z.strictObject({
  type: z.literal('text'),
  text: z.string().regex(/\S/, 'text content blocks must contain non-whitespace text'),
  citations: z.array(z.looseObject({ type: z.string() })).nullish(),
  ...cached,
});
const image = z.strictObject({
  type: z.literal('image'),
  source: z.discriminatedUnion('type', [
    z.strictObject({ type: z.literal('base64'), media_type: z.enum(['image/jpeg', 'image/png', 'image/gif', 'image/webp']), data: base64 }),
    z.strictObject({ type: z.literal('url'), url: httpsUrl }),
    z.strictObject({ type: z.literal('file'), file_id: z.string() }),
  ]),
  ...cached,
});
const document = z.strictObject({
  type: z.literal('document'),
  source: z.discriminatedUnion('type', [
    z.strictObject({ type: z.literal('base64'), media_type: z.literal('application/pdf'), data: base64 }),
    z.strictObject({ type: z.literal('text'), media_type: z.literal('text/plain'), data: z.string() }),
    z.strictObject({ type: z.literal('url'), url: httpsUrl }),
    z.strictObject({ type: z.literal('file'), file_id: z.string() }),
  ]),
  title: z.string().nullish(),
  context: z.string().nullish(),
  citations: z.strictObject({ enabled: z.boolean() }).nullish(),
  ...cached,
});
const toolUse = z.strictObject({ type: z.literal('tool_use'), id, name: toolName, input: z.looseObject({}), ...cached });
const toolResult = z.strictObject({
  type: z.literal('tool_result'),
  tool_use_id: id,
  content: z.union([z.string(), z.array(z.discriminatedUnion('type', [text, image, document]))]).optional(),
  is_error: z.boolean().optional(),
  ...cached,
});
const thinking = z
  .strictObject({ type: z.literal('thinking'), thinking: z.string(), signature: z.string() })
  .refine((block) => block.signature === signatureOf(block.thinking), { message: 'Invalid `signature` in `thinking` block' });
const redacted = z.strictObject({ type: z.literal('redacted_thinking'), data: z.string().min(1) });
const block = z.discriminatedUnion('type', [text, image, document, toolUse, toolResult, thinking, redacted]);
const message = z.strictObject({ role: z.enum(['user', 'assistant']), content: z.union([z.string().regex(/\S/), z.array(block).min(1)]) });

const tool = z.union([
  z.strictObject({
    type: z.literal('custom').nullish(),
    name: toolName,
    description: z.string().optional(),
    input_schema: z.looseObject({ type: z.literal('object'), properties: z.looseObject({}).optional() }),
    strict: z.boolean().optional(),
    ...cached,
  }),
  z.looseObject({ type: z.string().regex(/^(web_search|web_fetch|bash|text_editor|code_execution|memory)_\d{8}$/), name: z.string() }),
]);
const single = { disable_parallel_tool_use: z.boolean().optional() };
const toolChoice = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('auto'), ...single }),
  z.strictObject({ type: z.literal('any'), ...single }),
  z.strictObject({ type: z.literal('tool'), name: z.string(), ...single }),
  z.strictObject({ type: z.literal('none') }),
]);
const display = { display: z.enum(['summarized', 'omitted']).nullish() };
const thinkingConfig = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('enabled'), budget_tokens: z.int().min(1024), ...display }),
  z.strictObject({ type: z.literal('adaptive'), ...display }),
  z.strictObject({ type: z.literal('between_tools') }),
  z.strictObject({ type: z.literal('disabled') }),
]);
const outputConfig = z.strictObject({
  effort: z.enum(['low', 'medium', 'high', 'xhigh', 'max']).nullish(),
  format: z
    .strictObject({ type: z.literal('json_schema'), schema: z.looseObject({}) })
    .refine(({ schema }) => isClosed(schema), { message: "For 'object' type, 'additionalProperties' must be explicitly set to false" })
    .nullish(),
});

const counted = {
  model: z.string().min(1),
  messages: z.array(message).min(1),
  system: z.union([z.string(), z.array(text)]).optional(),
  tools: z.array(tool).optional(),
  tool_choice: toolChoice.optional(),
  thinking: thinkingConfig.optional(),
  output_config: outputConfig.optional(),
  speed: z.enum(['standard', 'fast']).nullish(),
  ...cached,
};
const created = {
  ...counted,
  max_tokens: z.int().min(1),
  stop_sequences: z.array(z.string().regex(/\S/, 'each stop sequence must contain non-whitespace')).optional(),
  stream: z.boolean().optional(),
  metadata: z.strictObject({ user_id: z.string().max(512).nullish() }).optional(),
  service_tier: z.enum(['auto', 'standard_only']).optional(),
  inference_geo: z.string().nullish(),
  container: z.string().nullish(),
};
const sampling = { temperature: z.number().min(0).max(1), top_p: z.number().min(0).max(1), top_k: z.int().min(0) };

const COUNT = z.strictObject(counted);
const CREATE = z.strictObject(created);
const CREATE_OF_2023 = z.strictObject({ ...created, ...z.object(sampling).partial().shape });
export type LabMessages = z.output<typeof CREATE_OF_2023>;
type Content = Exclude<LabMessages['messages'][number]['content'], string>;

/** What a server of this version makes of a body. @throws RangeError in the vendor's words */
export function readMessagesBody(body: unknown, version: string, isCount = false): LabMessages {
  const read = (isCount ? COUNT : version === '2026-10-21' ? CREATE : CREATE_OF_2023).safeParse(body);
  if (!read.success) {
    const [issue] = read.error.issues;
    throw new RangeError(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`);
  }
  const request = read.data as LabMessages;
  checkTurns(request);
  checkTools(request);
  if (!isCount) checkThinking(request);
  return request;
}

export function blocksOf(content: LabMessages['messages'][number]['content']): Content {
  return typeof content === 'string' ? [{ type: 'text', text: content }] : content;
}

export function signatureOf(words: string): string {
  return `sig_${createHash('sha256').update(words).digest('hex').slice(0, 24)}`;
}

function refuseIf(is: boolean, message: string): void {
  if (is) throw new RangeError(message);
}

function checkTurns({ messages }: LabMessages): void {
  refuseIf(messages[0]?.role !== 'user', 'messages: first message must use the "user" role');
  messages.forEach(({ role, content }, index) => {
    const blocks = blocksOf(content);
    const calls = blocks.flatMap((part) => (part.type === 'tool_use' ? [part.id] : []));
    refuseIf(
      role === 'user' && blocks.some(({ type }) => /^tool_use$|thinking/.test(type)),
      `messages.${index}: a user turn holds no such block`,
    );
    refuseIf(new Set(calls).size < calls.length, `messages.${index}: \`tool_use\` ids must be unique`);
    const answered =
      index === 0 ? [] : blocksOf(messages[index - 1]?.content ?? '').flatMap((part) => (part.type === 'tool_use' ? [part.id] : []));
    const results = blocks.flatMap((part) => (part.type === 'tool_result' ? [part.tool_use_id] : []));
    const missing = answered.filter((call) => !results.includes(call));
    refuseIf(
      missing.length > 0,
      `messages.${index}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${missing.join()}`,
    );
    refuseIf(
      results.some((result) => !answered.includes(result)),
      `messages.${index}: unexpected \`tool_use_id\` found in \`tool_result\` blocks`,
    );
    const isLate = blocks.findLastIndex(({ type }) => type === 'tool_result') >= results.length && results.length > 0;
    refuseIf(isLate, `messages.${index}: \`tool_result\` blocks must come first`);
    refuseIf(
      blocks.findLastIndex(({ type }) => /thinking/.test(type)) > blocks.findIndex(({ type }) => !/thinking/.test(type)) &&
        blocks.some(({ type }) => !/thinking/.test(type)),
      `messages.${index}: thinking comes first`,
    );
  });
  const last = blocksOf(messages.at(-1)?.content ?? '').at(-1);
  refuseIf(
    messages.at(-1)?.role === 'assistant' && last?.type === 'text' && /\s$/.test(last.text),
    'messages: final assistant content cannot end with trailing whitespace',
  );
}

function checkTools({ tools = [], tool_choice: choice }: LabMessages): void {
  refuseIf(choice !== undefined && tools.length === 0, 'tool_choice: may only be specified while providing tools');
  const names = tools.map(({ name }) => name);
  refuseIf(new Set(names).size < names.length, 'tools: Tool names must be unique.');
  refuseIf(
    choice?.type === 'tool' && !names.includes(choice.name),
    `tool_choice: tool '${choice?.type === 'tool' ? choice.name : ''}' not found`,
  );
}

function checkThinking(request: LabMessages): void {
  const { thinking: config, tool_choice: choice, temperature, top_p: topP, top_k: topK, messages, model, max_tokens: most } = request;
  refuseIf(temperature !== undefined && topP !== undefined, 'temperature and top_p cannot both be specified for this model');
  if (config?.type !== 'enabled' && config?.type !== 'adaptive') return;
  refuseIf(config.type === 'enabled' && config.budget_tokens >= most, '`max_tokens` must be greater than `thinking.budget_tokens`');
  refuseIf(config.type === 'adaptive' && /haiku-4-5/.test(model), 'adaptive thinking is not supported on this model');
  refuseIf(choice?.type === 'any' || choice?.type === 'tool', 'Thinking may not be enabled when tool_choice forces tool use.');
  refuseIf(temperature !== undefined && temperature !== 1, '`temperature` may only be set to 1 when thinking is enabled');
  refuseIf(topK !== undefined, '`top_k` must be unset when thinking is enabled');
  refuseIf(topP !== undefined && topP < 0.95, '`top_p` must be greater than or equal to 0.95 or unset when thinking is enabled');
  const turn = messages.findLast(({ role }) => role === 'assistant');
  const answers = blocksOf(messages.at(-1)?.content ?? '').some(({ type }) => type === 'tool_result');
  const first = blocksOf(turn?.content ?? '')[0]?.type ?? '';
  refuseIf(
    config.type === 'enabled' && answers && !/thinking/.test(first),
    `Expected \`thinking\` or \`redacted_thinking\`, but found \`${first}\``,
  );
}

function isClosed(schema: unknown): boolean {
  if (typeof schema !== 'object' || schema === null) return true;
  const object = schema as Record<string, unknown>;
  if (object['type'] === 'object' && object['additionalProperties'] !== false) return false;
  return Object.values(object).every(isClosed);
}
