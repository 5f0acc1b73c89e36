import type { ChatInput } from '../../../domain/task/generation';
import type { ChatBody } from './schema';

/** The canonical input of a chat request. */
export function chatInputOf(body: ChatBody): ChatInput {
  const { model: _model, models: _models, routing: _routing, messages, stream: _stream, stream_options: _options, ...params } = body;
  return { operation: 'chat', messages, params };
}
