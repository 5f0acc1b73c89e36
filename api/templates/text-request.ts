import type { Response } from 'express';
import type { ChatMessage } from '../../domain/task/generation';
import type { TemplateUse } from '../../domain/template/use';
import type { UsingTemplates } from '../deps';
import { callerOf } from '../http/context';
import { createTemplates, namedTemplate } from './use';

type Fields = Readonly<Record<string, unknown>>;

/** The fields of a chat or a response, its template rendered. */
export interface TemplatedText {
  readonly fields: unknown;
  /** null: the request names none, and its fields are as they came. */
  readonly template: TemplateUse | null;
}

/** What a request says of its transport and of itself, which is no matter of the template. */
const ASIDE: ReadonlySet<string> = new Set([
  'background',
  'include',
  'metadata',
  'models',
  'prompt_cache_key',
  'routing',
  'safety_identifier',
  'service_tier',
  'store',
  'stream',
  'stream_options',
  'user',
]);

/** Renders the template that a chat names. @throws AppError as a task with a template */
export async function templatedChat(context: UsingTemplates, response: Response, raw: unknown): Promise<TemplatedText> {
  return templated(context, response, raw, {
    conversation: ['messages'],
    toParam: (name) => name,
    fieldsOf: (messages, params) => ({ ...params, messages }),
  });
}

const PARAM_OF: Readonly<Record<string, string>> = { max_output_tokens: 'max_completion_tokens' };

/** As `templatedChat`, for a response. */
export async function templatedResponse(context: UsingTemplates, response: Response, raw: unknown): Promise<TemplatedText> {
  return templated(context, response, raw, {
    conversation: ['input', 'instructions', 'previous_response_id'],
    toParam: (name) => PARAM_OF[name] ?? name,
    fieldsOf(messages, { max_completion_tokens: mostNew, max_tokens: most, reasoning_effort: effort, response_format: format, ...params }) {
      const tokens = mostNew ?? most;
      return {
        ...params,
        ...(tokens === undefined ? {} : { max_output_tokens: tokens }),
        ...(effort === undefined ? {} : { reasoning: { effort } }),
        ...(format === undefined ? {} : { text: { format: flatFormat(format) } }),
        input: messages.map(inputItem),
      };
    },
  });
}

interface Wording {
  /** Fields that say what is talked about. */
  readonly conversation: readonly string[];
  readonly toParam: (name: string) => string;
  readonly fieldsOf: (messages: readonly ChatMessage[], params: Fields) => Fields;
}

async function templated(context: UsingTemplates, response: Response, raw: unknown, wording: Wording): Promise<TemplatedText> {
  const named = namedTemplate(raw);
  if (named === null) return { fields: raw, template: null };
  const { template, inputs, rest } = named;
  const given = Object.entries(rest).filter(([, value]) => (value ?? null) !== null);
  const isTalk = ([name, value]: readonly [string, unknown]) =>
    wording.conversation.includes(name) && !(Array.isArray(value) && value.length === 0);
  const own = given.filter(([name]) => !ASIDE.has(name) && name !== 'model' && !wording.conversation.includes(name));
  const [firstModel] = Array.isArray(rest['models']) ? (rest['models'] as unknown[]) : [];
  const model = rest['model'] ?? firstModel;
  const rendered = await createTemplates(context, callerOf(response).teamId, response).render(
    {
      template,
      inputs,
      overrides: {
        ...(model === undefined ? {} : { model }),
        params: Object.fromEntries(own.map(([name, value]) => [wording.toParam(name), value])),
      },
    },
    'text',
  );
  const talk = given.filter(isTalk);
  if (talk.length > 0) rendered.expectOverridable('input.messages');
  const { task } = rendered;
  const messages = task.input['messages'] as readonly ChatMessage[];
  const made = wording.fieldsOf(messages, task.params ?? {});
  const aside = given.filter(([name]) => ASIDE.has(name));
  return {
    fields: { ...made, ...Object.fromEntries([...aside, ...talk]), ...(task.model === undefined ? {} : { model: task.model }) },
    template: rendered.template,
  };
}

/** A message as an item of a response. */
function inputItem({ role, content }: ChatMessage): Fields {
  const parts = Array.isArray(content) ? (content as Fields[]).map(inputPart) : content;
  return { type: 'message', role, content: parts };
}

function inputPart(part: Fields): Fields {
  if (part['type'] !== 'image_url') return part;
  const image = part['image_url'];
  return { type: 'input_image', image_url: typeof image === 'string' ? image : (image as Fields)['url'] };
}

/** A response has the schema beside its type. */
function flatFormat(format: unknown): unknown {
  const { type, json_schema: schema } = format as Fields;
  return type === 'json_schema' ? { type, ...(schema as Fields) } : format;
}
