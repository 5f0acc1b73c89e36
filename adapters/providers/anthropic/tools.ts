import { isObject, textOf, type JsonObject } from '../shared/json';

/** The tools of a request in Anthropic's words, and the way back from their names. */
export interface Tools {
  /** `tools` and `tool_choice`, as far as there are any. */
  readonly fields: JsonObject;
  readonly forcesTool: boolean;
  /** The caller's name and kind of a tool that the model calls. */
  calledBy(wireName: string): { readonly name: string; readonly isCustom: boolean };
}

/** The name a tool has on the wire: letters, digits, `_` and `-`. */
export function wireName(name: string): string {
  return name.replace(/[^\w-]/g, '_').slice(0, 128);
}

/** The id a call has on the wire: other vendors use more characters. */
export function wireId(id: string): string {
  return id.replace(/[^\w-]/g, '_');
}

export function readTools(params: Readonly<JsonObject>): Tools {
  const known = new Map<string, { name: string; isCustom: boolean }>();
  const given = Array.isArray(params['tools']) ? params['tools'].filter(isObject) : [];
  const choice = readChoice(params['tool_choice']);
  const tools = given.map((tool) => readTool(tool, known)).filter(({ name }) => choice.only?.includes(String(name)) ?? true);
  const fields: JsonObject = {};
  if (tools.length > 0) {
    fields['tools'] = tools;
    const single = params['parallel_tool_calls'] === false && choice.wire?.['type'] !== 'none' ? { disable_parallel_tool_use: true } : {};
    const wire = choice.wire ?? (Object.keys(single).length > 0 ? { type: 'auto' } : undefined);
    if (wire !== undefined) fields['tool_choice'] = { ...wire, ...single };
  }
  const type = tools.length > 0 ? choice.wire?.['type'] : undefined;
  return {
    fields,
    forcesTool: type === 'any' || type === 'tool',
    calledBy: (name) => known.get(name) ?? { name, isCustom: false },
  };
}

function readTool(tool: JsonObject, known: Map<string, { name: string; isCustom: boolean }>): JsonObject {
  const isCustom = isObject(tool['custom']);
  const body = isObject(tool['custom']) ? tool['custom'] : tool['function'];
  // One of Anthropic's own: `web_search_20260318`, `bash_20250124` ...
  if (!isObject(body)) return tool;
  const name = textOf(body['name']) ?? '';
  known.set(wireName(name), { name, isCustom });
  const description = textOf(body['description']);
  return {
    name: wireName(name),
    ...(description === undefined || description === '' ? {} : { description }),
    input_schema: isCustom ? TEXT_INPUT : schemaOf(body['parameters']),
    ...(body['strict'] === true ? { strict: true } : {}),
    ...(isObject(tool['cache_control']) ? { cache_control: tool['cache_control'] } : {}),
  };
}

/** A custom tool's input is free text. */
const TEXT_INPUT = { type: 'object', properties: { input: { type: 'string' } }, required: ['input'] };

function schemaOf(parameters: unknown): JsonObject {
  const schema = isObject(parameters) ? parameters : {};
  return { ...schema, type: 'object', ...(isObject(schema['properties']) ? {} : { properties: {} }) };
}

/** `only`: the wire names of the tools that may be called at all. */
function readChoice(choice: unknown): { readonly wire?: JsonObject; readonly only?: readonly string[] } {
  if (choice === 'none' || choice === 'auto') return { wire: { type: choice } };
  if (choice === 'required' || choice === 'any') return { wire: { type: 'any' } };
  if (!isObject(choice)) return {};
  const allowed = choice['allowed_tools'];
  if (isObject(allowed)) {
    const names = Array.isArray(allowed['tools']) ? allowed['tools'].filter(isObject).map(nameOf) : [];
    return { wire: { type: allowed['mode'] === 'required' ? 'any' : 'auto' }, only: names.map(wireName) };
  }
  return { wire: { type: 'tool', name: wireName(nameOf(choice)) } };
}

function nameOf(choice: JsonObject): string {
  const named = [choice['function'], choice['custom'], choice].find((value) => isObject(value) && typeof value['name'] === 'string');
  return isObject(named) ? (textOf(named['name']) ?? '') : '';
}
