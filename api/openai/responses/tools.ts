import { AppError } from '../../../domain/errors';
import type { StandIn } from '../../../domain/task/generation';
import type { ResponsesBody, Tool } from './schema';

type Fields = Readonly<Record<string, unknown>>;

/** The tools of a request as a chat has them. */
export interface ChatTools {
  readonly params: Fields;
  readonly standIns: Readonly<Record<string, StandIn>>;
  /** Tools that are left out, by the name under which the answer says so. */
  readonly dropped: readonly string[];
}

/** Tools that OpenAI runs on data or machines of its own: an answer without them would be another answer. */
const HOSTED = /^(?:file_search|code_interpreter|computer|mcp)/;

const CUSTOM_INPUT = {
  type: 'object',
  properties: { input: { type: 'string', description: 'The whole input of the tool, as plain text.' } },
  required: ['input'],
  additionalProperties: false,
};
const LOCAL_SHELL = {
  name: 'local_shell',
  description: "Runs a command on the user's machine and returns its output.",
  parameters: {
    type: 'object',
    properties: {
      command: { type: 'array', items: { type: 'string' }, description: 'The program and its arguments.' },
      working_directory: { type: 'string' },
      timeout_ms: { type: 'integer' },
    },
    required: ['command'],
  },
};

/**
 * Functions become a chat's functions; `custom` and `local_shell` tools functions that stand in for them, so that models of every provider can
 * call them. Tools that clients name by default and that only OpenAI has (`web_search` ...) are left out.
 * @throws AppError `unsupported_parameter` for tools whose work cannot be left out, and for a `tool_choice` of a tool that was
 */
export function chatToolsOf({ tools, tool_choice: choice }: Pick<ResponsesBody, 'tools' | 'tool_choice'>): ChatTools {
  const standIns: Record<string, StandIn> = {};
  const dropped: string[] = [];
  const functions = (tools ?? []).flatMap((tool, index): Fields[] => {
    const { type } = tool;
    if (HOSTED.test(type)) throw unsupported(`The tool ${JSON.stringify(type)}`, `tools[${index}].type`);
    if (type === 'function') return [{ type, function: functionOf(tool) }];
    if (type !== 'custom' && type !== 'local_shell') {
      dropped.push(`tools.${type}`);
      return [];
    }
    const standIn = type === 'custom' ? customOf(tool) : LOCAL_SHELL;
    standIns[standIn.name] = type;
    return [{ type: 'function', function: standIn }];
  });
  const chosen = choiceOf(choice, functions);
  const given = chosen.functions;
  return {
    params: {
      ...(given.length === 0 ? {} : { tools: given }),
      ...(chosen.choice === undefined || given.length === 0 ? {} : { tool_choice: chosen.choice }),
    },
    standIns,
    dropped,
  };
}

function functionOf(tool: Tool): Fields {
  const { type: _type, function: nested, ...flat } = tool;
  return typeof nested === 'object' && nested !== null ? (nested as Fields) : flat;
}

function customOf({ name, description, format }: Tool): { readonly name: string } & Fields {
  const definition = (format as Fields | undefined)?.['definition'];
  const syntax = (format as Fields | undefined)?.['syntax'];
  const grammar =
    typeof definition === 'string' ? `The input follows this ${typeof syntax === 'string' ? `${syntax} ` : ''}grammar:\n${definition}` : '';
  const words = [description, grammar].filter((text) => typeof text === 'string' && text !== '').join('\n\n');
  return { name: String(name), ...(words === '' ? {} : { description: words }), parameters: CUSTOM_INPUT };
}

function choiceOf(
  choice: ResponsesBody['tool_choice'],
  functions: readonly Fields[],
): { readonly choice?: unknown; readonly functions: readonly Fields[] } {
  if (choice === undefined || choice === null) return { functions };
  if (typeof choice === 'string') {
    if (choice === 'required' && functions.length === 0) throw unsupported('tool_choice "required" without a function', 'tool_choice');
    return { choice, functions };
  }
  if (choice.type === 'allowed_tools') {
    const allowed = new Set((Array.isArray(choice['tools']) ? (choice['tools'] as Fields[]) : []).map((tool) => nameOf(tool)));
    return { choice: choice['mode'] ?? 'auto', functions: functions.filter((tool) => allowed.has(nameOf(tool))) };
  }
  const name = nameOf(choice);
  const isThere = functions.some((tool) => nameOf(tool) === name);
  if (!isThere) throw unsupported(`tool_choice of ${JSON.stringify(name ?? choice.type)}`, 'tool_choice');
  return { choice: { type: 'function', function: { name } }, functions };
}

/** The name of a tool or a choice, flat or nested. */
function nameOf(tool: Fields): string | undefined {
  const name = tool['name'] ?? (tool['function'] as Fields | undefined)?.['name'];
  if (typeof name === 'string') return name;
  return tool['type'] === 'local_shell' ? LOCAL_SHELL.name : undefined;
}

function unsupported(what: string, param: string): AppError {
  return new AppError(
    'unsupported_parameter',
    `${what} is not supported. Tools may be of type function, custom and local_shell, which the client itself runs.`,
    { param },
  );
}

/** The tools of an answered request, as this endpoint has them. */
export function flatToolsOf(params: Fields, standIns: Readonly<Record<string, StandIn>>): readonly Fields[] {
  const tools = Array.isArray(params['tools']) ? (params['tools'] as Fields[]) : [];
  return tools.map((tool) => {
    const described = (tool['function'] ?? {}) as Fields;
    const standIn = standIns[String(described['name'])];
    if (standIn === 'local_shell') return { type: standIn };
    if (standIn === 'custom') return { type: standIn, name: described['name'], description: described['description'] ?? null };
    return { type: 'function', strict: null, parameters: null, description: null, ...described };
  });
}
