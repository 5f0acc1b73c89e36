import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { json, jsonBody, jsonOrEvents, operation } from '../openapi/describe';
import { countBody, messagesBody } from './schema';

const anything = z.record(z.string(), z.unknown());

const messageAnswer = z
  .looseObject({
    id: z.string(),
    type: z.literal('message'),
    role: z.literal('assistant'),
    model: z.string(),
    content: z.array(z.looseObject({ type: z.enum(['text', 'thinking', 'redacted_thinking', 'tool_use']) })),
    stop_reason: z.string().nullable(),
    stop_sequence: z.string().nullable(),
    usage: anything,
  })
  .meta({ id: 'Message' });

const errorAnswer = z
  .object({
    type: z.literal('error'),
    error: z.looseObject({ type: z.string(), message: z.string(), code: z.string().describe('See docs/errors.md: one heading per code.') }),
    request_id: z.string(),
  })
  .meta({ id: 'AnthropicError' });

const failure = json("An error, in Anthropic's shape.", errorAnswer);

/** Paths of Anthropic's surface. */
export const messagePaths: ZodOpenApiPathsObject = {
  '/v1/messages': {
    post: operation({
      id: 'createMessage',
      tag: 'Text',
      summary: "Answer a conversation in Anthropic's format, by a model of any family",
      isPaid: true,
      body: jsonBody(messagesBody),
      answers: {
        '200': jsonOrEvents('The message; with `stream` as the events `message_start` to `message_stop`.', messageAnswer),
        '4XX': failure,
        '5XX': failure,
      },
    }),
  },
  '/v1/messages/count_tokens': {
    post: operation({
      id: 'countMessageTokens',
      tag: 'Text',
      summary: 'Count the input tokens of a conversation, free of charge',
      body: jsonBody(countBody),
      answers: { '200': json('The count.', z.object({ input_tokens: z.int() })), '4XX': failure, '5XX': failure },
    }),
  },
};
