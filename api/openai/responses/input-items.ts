import type { Task } from '../../../domain/task/task';
import type { ResponseFacts } from './object';
import { customInputOf } from './output';

type Fields = Readonly<Record<string, unknown>>;

/** What a response was asked with, the conversation that it went on with included, as items; the oldest first. */
export function inputItemsOf({ id, input }: Task, { frame }: ResponseFacts): readonly (Fields & { readonly id: string })[] {
  if (input.operation !== 'chat') return [];
  const items = input.messages.slice(frame.hasInstructions ? 1 : 0).flatMap((message) => itemsOf(message, frame.standIns));
  const hex = id.replace(/^task_/, '');
  return items.map(({ prefix, ...item }, index) => ({ id: `${String(prefix)}_${hex}_in_${index}`, ...item }));
}

function itemsOf(message: Fields, standIns: Readonly<Record<string, string>>): Fields[] {
  const { role, content, reasoning_content: reasoning, refusal, tool_calls: calls } = message;
  if (role === 'tool')
    return [{ prefix: 'fco', type: 'function_call_output', status: 'completed', call_id: message['tool_call_id'], output: content }];
  const parts = [...partsOf(content, role === 'assistant'), ...(typeof refusal === 'string' ? [{ type: 'refusal', refusal }] : [])];
  return [
    ...(typeof reasoning === 'string'
      ? [{ prefix: 'rs', type: 'reasoning', summary: [], content: [{ type: 'reasoning_text', text: reasoning }] }]
      : []),
    ...(parts.length === 0 ? [] : [{ prefix: 'msg', type: 'message', status: 'completed', role, content: parts }]),
    ...(Array.isArray(calls) ? (calls as Fields[]).map((call) => callOf(call, standIns)) : []),
  ];
}

function callOf({ id, function: called }: Fields, standIns: Readonly<Record<string, string>>): Fields {
  const { name, arguments: args } = (called ?? {}) as Fields;
  const head = { status: 'completed', call_id: id };
  if (standIns[String(name)] !== 'custom') return { prefix: 'fc', type: 'function_call', ...head, name, arguments: args };
  return { prefix: 'ctc', type: 'custom_tool_call', ...head, name, input: customInputOf(String(args)) };
}

function partsOf(content: unknown, isAnswer: boolean): Fields[] {
  if (typeof content === 'string')
    return [{ type: isAnswer ? 'output_text' : 'input_text', text: content, ...(isAnswer ? { annotations: [] } : {}) }];
  if (!Array.isArray(content)) return [];
  return (content as Fields[]).map((part) => {
    if (part['type'] === 'text') return { type: isAnswer ? 'output_text' : 'input_text', text: part['text'] };
    if (part['type'] === 'image_url') {
      const { url, detail } = part['image_url'] as Fields;
      return { type: 'input_image', image_url: url, detail: detail ?? 'auto' };
    }
    if (part['type'] === 'file') return { type: 'input_file', ...(part['file'] as Fields) };
    return part;
  });
}
