import { AppError } from '../../../domain/errors';
import type { ChatMessage } from '../../../domain/task/generation';
import { isObject, parseJson, textOf, type JsonObject } from '../shared/json';

/**
 * By Google's guide for calls that another model made: models from the third generation on refuse a turn whose first call carries no
 * signature, and most clients of OpenAI's shape lose them.
 */
const NO_SIGNATURE = 'skip_thought_signature_validator';

interface Content {
  readonly role: 'user' | 'model';
  readonly parts: JsonObject[];
}

/** A conversation in OpenAI's shape as Google's `systemInstruction` and `contents`. @throws AppError `invalid_value`, `unsupported_parameter` */
export function contentsOf(messages: readonly ChatMessage[], model: string): JsonObject {
  const system: JsonObject[] = [];
  const contents: Content[] = [];
  const names = new Map<string, string>();
  let isAnswering = false;
  messages.forEach((message, index) => {
    const { role } = message;
    const at = `messages[${index}]`;
    const isResult = role === 'tool' || role === 'function';
    if (role === 'system' || role === 'developer') {
      system.push(...partsOf(message.content, at));
    } else if (isResult) {
      const part = resultOf(message, names, at);
      // The results of parallel calls belong into one turn.
      if (isAnswering) contents.at(-1)?.parts.push(part);
      else contents.push({ role: 'user', parts: [part] });
    } else {
      const parts = role === 'assistant' ? modelPartsOf(message, names, model, at) : partsOf(message.content, at);
      if (parts.length > 0) contents.push({ role: role === 'assistant' ? 'model' : 'user', parts });
    }
    isAnswering = isResult;
  });
  return { contents, ...(system.length === 0 ? {} : { systemInstruction: { parts: system } }) };
}

/** Of the first and second generation: they count thinking in tokens and do not ask for signatures. */
export function isSecondGeneration(model: string): boolean {
  return /gemini-[12][.-]/.test(model);
}

function modelPartsOf(message: ChatMessage, names: Map<string, string>, model: string, at: string): JsonObject[] {
  const parts = partsOf(message.content, at);
  const refusal = textOf(message['refusal']) ?? '';
  if (refusal !== '') parts.push({ text: refusal });
  const signature = signatureOf(message);
  const [first] = parts;
  if (signature !== undefined && first !== undefined) parts[0] = { ...first, thoughtSignature: signature };
  const calls = Array.isArray(message['tool_calls']) ? message['tool_calls'].filter(isObject) : [];
  const older = isObject(message['function_call']) ? [{ function: message['function_call'] }] : [];
  const made = [...calls, ...older].map((call: JsonObject) => {
    const called = isObject(call['function']) ? call['function'] : {};
    const id = textOf(call['id']);
    const name = textOf(called['name']) ?? '';
    if (id !== undefined) names.set(id, name);
    const args = parseJson(textOf(called['arguments']) ?? '');
    const sign = signatureOf(call);
    return {
      functionCall: { ...(id === undefined ? {} : { id }), name, args: isObject(args) ? args : {} },
      ...(sign === undefined ? {} : { thoughtSignature: sign }),
    };
  });
  const [leading, ...others] = made;
  if (leading === undefined) return parts;
  const isSigned = isSecondGeneration(model) || [...made, ...parts].some((part) => 'thoughtSignature' in part);
  return [...parts, isSigned ? leading : { ...leading, thoughtSignature: NO_SIGNATURE }, ...others];
}

/** Where Google's compatible server puts a thought's signature, and expects it back. */
function signatureOf(holder: Readonly<Record<string, unknown>>): string | undefined {
  const extra = holder['extra_content'];
  const google = isObject(extra) ? extra['google'] : undefined;
  return isObject(google) ? textOf(google['thought_signature']) : undefined;
}

function resultOf(message: ChatMessage, names: ReadonlyMap<string, string>, at: string): JsonObject {
  const id = textOf(message['tool_call_id']);
  const name = (id === undefined ? undefined : names.get(id)) ?? textOf(message['name']);
  if (name === undefined) {
    throw new AppError('invalid_value', `${at}.tool_call_id names no tool call of the messages before it.`, {
      param: `${at}.tool_call_id`,
    });
  }
  const parts = partsOf(message.content, at);
  const text = parts.map((part) => textOf(part['text']) ?? '').join('');
  const value = parseJson(text);
  const files = parts.filter((part) => part['text'] === undefined);
  return {
    functionResponse: {
      ...(id === undefined ? {} : { id }),
      name,
      response: isObject(value) ? value : { result: text },
      ...(files.length === 0 ? {} : { parts: files }),
    },
  };
}

/** A content's parts; empty texts are left out, which Google refuses. */
function partsOf(content: unknown, at: string): JsonObject[] {
  if (content === null || content === undefined || content === '') return [];
  if (!Array.isArray(content)) return [{ text: textOf(content) ?? JSON.stringify(content) }];
  return content.flatMap((part: unknown, index) => {
    const read = partOf(part, `${at}.content[${index}]`);
    return read['text'] === '' ? [] : [read];
  });
}

function partOf(part: unknown, at: string): JsonObject {
  if (typeof part === 'string') return { text: part };
  if (!isObject(part)) throw unsupported(at);
  const { type } = part;
  if (type === 'refusal') return { text: textOf(part['refusal']) ?? '' };
  if (typeof part['text'] === 'string') return { text: part['text'] };
  if (type === 'image_url' || type === 'video_url') {
    const held = part[type];
    return linked(textOf(isObject(held) ? held['url'] : held), type === 'image_url' ? 'image/jpeg' : 'video/mp4', at);
  }
  if (type === 'input_audio' && isObject(part['input_audio'])) {
    const { data, format } = part['input_audio'];
    return { inlineData: { mimeType: `audio/${textOf(format) ?? 'wav'}`, data } };
  }
  if (type === 'file' && isObject(part['file'])) {
    const { file_data: data, file_id: id } = part['file'];
    return linked(textOf(data) ?? textOf(id), 'application/pdf', at);
  }
  throw unsupported(at);
}

/** A `data:` URL is sent along; any other address is fetched by Google. */
function linked(url: string | undefined, usualType: string, at: string): JsonObject {
  if (url === undefined || url === '') throw new AppError('invalid_value', `${at} has no address.`, { param: at });
  const inline = /^data:([^;,]*)(?:;[^,]*)?;base64,/.exec(url);
  if (inline !== null) return { inlineData: { mimeType: inline[1] === '' ? usualType : inline[1], data: url.slice(inline[0].length) } };
  return { fileData: { mimeType: TYPES[/\.(\w{2,4})(?:[?#]|$)/.exec(url)?.[1]?.toLowerCase() ?? ''] ?? usualType, fileUri: url } };
}

const TYPES: Readonly<Record<string, string>> = {
  ...{ png: 'image/png', jpg: 'image/jpeg', jpeg: 'image/jpeg', webp: 'image/webp', gif: 'image/gif', heic: 'image/heic' },
  ...{ mp4: 'video/mp4', mov: 'video/mov', webm: 'video/webm', mp3: 'audio/mp3', wav: 'audio/wav', pdf: 'application/pdf' },
};

function unsupported(at: string): AppError {
  return new AppError('unsupported_parameter', `${at} is of a kind that this model's provider has no place for. Leave it out.`, {
    param: at,
  });
}
