import { asList, asObject, asText, type JsonObject } from '../json-value';
import { facts, table } from '../table';

const numberText = (value: unknown): string => (typeof value === 'number' ? String(value) : '-');

/** The members of a list; null for none. */
function listText(list: unknown, between = ', '): string | null {
  const members = asList(list);
  return members.length === 0 ? null : members.join(between);
}

/** Templates, one a line. */
export function templateTable(templates: readonly JsonObject[]): string {
  if (templates.length === 0) return 'No templates.';
  return table(
    ['NAME', 'TYPE', 'STATE', 'PUBLISHED', 'VERSIONS', 'TEAM', 'INPUTS', 'DESCRIPTION'],
    templates.map((one) => [
      asText(one['name']) ?? '',
      asText(one['type']) ?? '',
      asText(one['state']) ?? '',
      numberText(one['published_version']),
      numberText(one['versions']),
      asText(one['team']) ?? '',
      Object.keys(asObject(one['inputs']) ?? {}).join(','),
      (asText(one['description']) ?? '').split('\n')[0]?.slice(0, 60) ?? '',
    ]),
  );
}

/** A template with its inputs. */
export function templateText(template: JsonObject): string {
  const inputs = Object.entries(asObject(template['inputs']) ?? {}).map(([name, input]) => inputRow(name, asObject(input) ?? {}));
  const head = facts([
    ['name', `${asText(template['name']) ?? ''}@${numberText(template['version'])}`],
    ['type', asText(template['type'])],
    [
      'state',
      `${asText(template['state']) ?? ''}, published version: ${numberText(template['published_version'])} of ${numberText(template['versions'])}`,
    ],
    ['visibility', `${asText(template['visibility']) ?? ''} (team ${asText(template['team']) ?? ''})`],
    ['model', asText(template['model'])],
    ['description', asText(template['description'])],
    ['tags', listText(template['tags'])],
    ['may be set', listText(template['overridable']) ?? 'nothing'],
    ['prompt', asText(template['prompt']) ?? messagesText(template['messages'])],
  ]);
  return inputs.length === 0 ? head : `${head}\n\n${table(['INPUT', 'TYPE', 'REQUIRED', 'DEFAULT', 'ALLOWED'], inputs)}`;
}

function inputRow(name: string, input: JsonObject): string[] {
  const { default: value, values, min, max, max_length: most } = input;
  const bound = (name: string, value: unknown): string[] => (value === undefined ? [] : [`${name} ${JSON.stringify(value)}`]);
  const bounds = [...bound('from', min), ...bound('to', max), ...bound('characters: at most', most)];
  return [
    name,
    asText(input['type']) ?? '',
    input['required'] === true ? 'yes' : 'no',
    value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value),
    values === undefined ? bounds.join(' ') : asList(values).join(', '),
  ];
}

function messagesText(messages: unknown): string | null {
  const lines = asList(messages).map((message) => {
    const { role, content } = asObject(message) ?? {};
    return `${String(role)}: ${typeof content === 'string' ? content : JSON.stringify(content)}`;
  });
  return lines.length === 0 ? null : lines.join('\n');
}

/** A rendering: the prompt as a provider gets it, the price, and what people should know. */
export function renderingText(rendering: JsonObject): string {
  const task = asObject(rendering['task']) ?? {};
  const input = asObject(task['input']) ?? {};
  const parameters = { ...asObject(task['output']), ...asObject(task['params']) };
  return facts([
    ['model', asText(task['model'])],
    ['prompt', asText(input['prompt']) ?? messagesText(input['messages'])],
    ['images', asList(input['images']).length === 0 ? null : String(asList(input['images']).length)],
    ['parameters', Object.keys(parameters).length === 0 ? null : JSON.stringify(parameters)],
    ['at most', `${asText(asObject(rendering['cost'])?.['estimated']) ?? '?'} USD`],
    ['warnings', listText(rendering['warnings'], '\n')],
  ]);
}
