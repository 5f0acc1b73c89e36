import type { ChatChunk } from '../../../domain/provider/provider';
import { sealReasoning } from './input';
import type { ResponseFacts } from './object';

type Fields = Readonly<Record<string, unknown>>;
type Status = 'in_progress' | 'completed' | 'incomplete';

/** An event of a response without its number: its type, and what else it says. */
export type OutputEvent = readonly [type: string, fields: Fields];

/** Puts the items of an answer together from its chunks, and says what happens as it does. */
export interface Output {
  add(chunk: ChatChunk): OutputEvent[];
  /** Closes what is open; `incomplete`: the end cut it off. */
  close(status: 'completed' | 'incomplete'): OutputEvent[];
  /** The closed items. */
  items(): readonly Fields[];
}

/** The texts that an item may have: the names of their events, and of the index that these name. */
const TEXTS = {
  output_text: { item: 'message', at: 'content_index', events: 'response.output_text', part: 'response.content_part' },
  refusal: { item: 'message', at: 'content_index', events: 'response.refusal', part: 'response.content_part' },
  reasoning_text: { item: 'reasoning', at: 'content_index', events: 'response.reasoning_text', part: 'response.content_part' },
  summary_text: {
    item: 'reasoning',
    at: 'summary_index',
    events: 'response.reasoning_summary_text',
    part: 'response.reasoning_summary_part',
  },
} as const;
type TextKind = keyof typeof TEXTS;

interface OpenText {
  readonly kind: TextKind;
  text: string;
  readonly annotations: unknown[];
  readonly logprobs: unknown[];
}

interface OpenItem {
  readonly type: 'message' | 'reasoning';
  readonly index: number;
  readonly id: string;
  readonly parts: Fields[];
  part: OpenText | null;
}

interface OpenCall {
  readonly index: number;
  readonly id: string;
  readonly callId: unknown;
  readonly name: string;
  args: string;
}

export function createOutput({ taskId, frame }: Pick<ResponseFacts, 'taskId' | 'frame'>): Output {
  const asked = (frame.echo['reasoning'] ?? {}) as Fields;
  const reasoningKind = typeof (asked['summary'] ?? asked['generate_summary']) === 'string' ? 'summary_text' : 'reasoning_text';
  const closed = new Map<number, Fields>();
  const calls = new Map<unknown, OpenCall>();
  const state: { open: OpenItem | null; count: number } = { open: null, count: 0 };

  function nextId(prefix: string): { readonly index: number; readonly id: string } {
    const index = state.count;
    state.count += 1;
    return { index, id: `${prefix}_${taskId.replace(/^task_/, '')}_${index}` };
  }

  function itemOf({ type, id, parts }: OpenItem, status: Status): Fields {
    if (type === 'message') return { id, type, status, role: 'assistant', content: [...parts] };
    const [first] = parts;
    const isSealed = frame.sealsReasoning && status !== 'in_progress';
    return {
      id,
      type,
      status,
      summary: first?.['type'] === 'summary_text' ? parts : [],
      ...(first?.['type'] === 'reasoning_text' ? { content: parts } : {}),
      encrypted_content: isSealed ? sealReasoning(parts.map((part) => String(part['text'])).join('\n')) : null,
    };
  }

  function openItem(type: OpenItem['type']): OutputEvent[] {
    if (state.open?.type === type) return [];
    const events = closeItem('completed');
    const item: OpenItem = { type, ...nextId(type === 'message' ? 'msg' : 'rs'), parts: [], part: null };
    state.open = item;
    return [...events, ['response.output_item.added', { output_index: item.index, item: itemOf(item, 'in_progress') }]];
  }

  function openText(kind: TextKind): OutputEvent[] {
    const { item: type, part } = TEXTS[kind];
    const events = openItem(type);
    const item = state.open;
    if (item === null || item.part?.kind === kind) return events;
    events.push(...closePart(item));
    item.part = { kind, text: '', annotations: [], logprobs: [] };
    events.push([`${part}.added`, { ...placeOf(item, kind), part: partOf(item.part) }]);
    return events;
  }

  function addText(kind: TextKind, delta: unknown, logprobs: readonly unknown[] = []): OutputEvent[] {
    if (typeof delta !== 'string' || delta === '') return [];
    const events = openText(kind);
    const item = state.open;
    if (item?.part === null || item === null) return events;
    item.part.text += delta;
    item.part.logprobs.push(...logprobs);
    events.push([`${TEXTS[kind].events}.delta`, { ...placeOf(item, kind), delta, ...(kind === 'output_text' ? { logprobs } : {}) }]);
    return events;
  }

  function closePart(item: OpenItem): OutputEvent[] {
    if (item.part === null) return [];
    const { kind, text, logprobs } = item.part;
    const place = placeOf(item, kind);
    const part = partOf(item.part);
    item.parts.push(part);
    item.part = null;
    const whole = kind === 'refusal' ? { refusal: text } : kind === 'output_text' ? { text, logprobs } : { text };
    return [
      [`${TEXTS[kind].events}.done`, { ...place, ...whole }],
      [`${TEXTS[kind].part}.done`, { ...place, part }],
    ];
  }

  function closeItem(status: 'completed' | 'incomplete'): OutputEvent[] {
    const item = state.open;
    if (item === null) return [];
    const events = closePart(item);
    state.open = null;
    return [...events, done(item.index, itemOf(item, status))];
  }

  function done(index: number, item: Fields): OutputEvent {
    closed.set(index, item);
    return ['response.output_item.done', { output_index: index, item }];
  }

  function callItem({ id, callId, name, args }: OpenCall, status: Status): Fields {
    const standIn = frame.standIns[name];
    const head = { id, call_id: callId, status };
    if (standIn === 'custom')
      return { ...head, type: 'custom_tool_call', name, input: status === 'in_progress' ? '' : customInputOf(args) };
    if (standIn === 'local_shell') return { ...head, type: 'local_shell_call', action: actionOf(args) };
    return { ...head, type: 'function_call', name, arguments: status !== 'in_progress' && args === '' ? '{}' : args };
  }

  /** Calls stay open to the end: some providers send the arguments of several by turns. */
  function addCall(delta: Fields): OutputEvent[] {
    const key = delta['index'] ?? delta['id'];
    const { name, arguments: args } = (delta['function'] ?? {}) as Fields;
    const events: OutputEvent[] = [];
    let call = calls.get(key);
    if (call === undefined) {
      events.push(...closeItem('completed'));
      const prefix = { custom: 'ctc', local_shell: 'lsh', function: 'fc' }[frame.standIns[String(name)] ?? 'function'];
      const id = nextId(prefix);
      call = { ...id, callId: delta['id'] ?? id.id.replace(/^[a-z]+/, 'call'), name: typeof name === 'string' ? name : '', args: '' };
      calls.set(key, call);
      events.push(['response.output_item.added', { output_index: call.index, item: callItem(call, 'in_progress') }]);
    }
    if (typeof args !== 'string' || args === '') return events;
    call.args += args;
    if (frame.standIns[call.name] !== undefined) return events;
    return [...events, ['response.function_call_arguments.delta', { item_id: call.id, output_index: call.index, delta: args }]];
  }

  function closeCall(call: OpenCall, status: 'completed' | 'incomplete'): OutputEvent[] {
    const item = callItem(call, status);
    const place = { item_id: call.id, output_index: call.index };
    const events: OutputEvent[] = [];
    if (item['type'] === 'function_call') {
      events.push(['response.function_call_arguments.done', { ...place, name: call.name, arguments: item['arguments'] }]);
    } else if (item['type'] === 'custom_tool_call') {
      const { input } = item;
      events.push(['response.custom_tool_call_input.delta', { ...place, delta: input }]);
      events.push(['response.custom_tool_call_input.done', { ...place, input }]);
    }
    return [...events, done(call.index, item)];
  }

  return {
    add({ choices }) {
      const choice = choices.find(({ index }) => index === 0);
      if (choice === undefined) return [];
      const { delta } = choice;
      const logprobs = (choice['logprobs'] as Fields | null | undefined)?.['content'];
      const events = [
        ...addText(reasoningKind, delta['reasoning_content'] ?? delta['reasoning']),
        ...addText('output_text', delta['content'], Array.isArray(logprobs) ? logprobs : []),
        ...addText('refusal', delta['refusal']),
      ];
      const { annotations, tool_calls: deltas } = delta;
      if (Array.isArray(annotations)) state.open?.part?.annotations.push(...(annotations as Fields[]).map(flatAnnotation));
      if (Array.isArray(deltas)) for (const call of deltas as Fields[]) events.push(...addCall(call));
      return events;
    },
    close(status) {
      const events = state.count === 0 && status === 'completed' ? openText('output_text') : [];
      events.push(...closeItem(status));
      for (const call of calls.values()) events.push(...closeCall(call, status));
      calls.clear();
      return events;
    },
    items: () => [...closed].sort(([left], [right]) => left - right).map(([, item]) => item),
  };
}

function placeOf(item: OpenItem, kind: TextKind): Fields {
  return { item_id: item.id, output_index: item.index, [TEXTS[kind].at]: item.parts.length };
}

function partOf({ kind, text, annotations, logprobs }: OpenText): Fields {
  if (kind === 'refusal') return { type: kind, refusal: text };
  if (kind === 'output_text') return { type: kind, text, annotations: [...annotations], logprobs: [...logprobs] };
  return { type: kind, text };
}

/** A chat nests what an annotation says under its type. */
function flatAnnotation(annotation: Fields): Fields {
  const { type } = annotation;
  const nested = typeof type === 'string' ? annotation[type] : undefined;
  return typeof nested === 'object' && nested !== null ? { type, ...(nested as Fields) } : annotation;
}

/** The free text of a custom tool, which the model gave as the `input` of a function. */
export function customInputOf(args: string): string {
  const { input } = parsed(args);
  return typeof input === 'string' ? input : args;
}

function actionOf(args: string): Fields {
  const { command, working_directory: folder, timeout_ms: timeoutMs } = parsed(args);
  const list = Array.isArray(command) ? command.map(String) : typeof command === 'string' ? ['bash', '-lc', command] : [];
  return { type: 'exec', command: list, env: {}, working_directory: folder ?? null, timeout_ms: timeoutMs ?? null };
}

function parsed(args: string): Fields {
  try {
    const value: unknown = JSON.parse(args);
    return typeof value === 'object' && value !== null ? (value as Fields) : {};
  } catch {
    return {};
  }
}
