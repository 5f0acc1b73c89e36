import { AppError, isAppError } from '../../domain/errors';
import type { Modality } from '../../domain/provider/catalogue';
import { parseWith } from '../http/faults';
import { withModel } from '../submit/routing-fields';
import { taskBody, type TaskBody } from './schema';

const CREATIVE = ['size', 'aspect_ratio', 'resolution', 'quality', 'n', 'seed', 'watermark', 'format'];
const OUTPUT: Readonly<Record<Modality, readonly string[]>> = {
  text: [],
  image: [...CREATIVE, 'background', 'compression', 'partial_images'],
  video: [...CREATIVE, 'duration_s', 'audio'],
};
const INPUT: Readonly<Record<Modality, readonly string[]>> = {
  text: ['messages', 'prompt'],
  image: ['prompt', 'negative_prompt', 'images'],
  video: ['prompt', 'negative_prompt', 'images', 'video'],
};
/** Parts of a chat request that have a place of their own in a task. */
const NOT_PARAMS = ['model', 'messages', 'stream', 'stream_options'] as const;

/** The checked body of a task. @throws AppError that names the parameter at fault, and its right place when it has one */
export function parseTask(body: unknown): TaskBody {
  try {
    const task = parseWith(taskBody, withModel(body));
    if (task.type === 'text') refuseMisplaced(task.params ?? {});
    return task;
  } catch (error) {
    if (isAppError(error) && error.code === 'unknown_parameter') throw withPlace(error, body);
    throw error;
  }
}

function refuseMisplaced(params: Readonly<Record<string, unknown>>): void {
  for (const name of NOT_PARAMS) {
    if (!(name in params)) continue;
    const place =
      name === 'model'
        ? 'It belongs next to type.'
        : name === 'messages'
          ? 'It belongs in input.messages.'
          : 'Follow tasks at their events.';
    throw new AppError('unknown_parameter', `Unknown parameter: params.${name}. ${place}`, { param: `params.${name}` });
  }
}

function withPlace(error: AppError, body: unknown): AppError {
  const param = error.facts.param ?? '';
  const place = placeOf(param.split('.').at(-1) ?? '', param, (body as { readonly type: Modality }).type);
  return place === null ? error : new AppError(error.code, `${error.message} ${place}`, error.facts);
}

function placeOf(name: string, param: string, type: Modality): string | null {
  if (type === 'text' && param === 'output') return 'A text task has no output; chat parameters go into params.';
  if (type !== 'text' && param === 'params') return `The parameters of ${type} tasks go into output.`;
  if (OUTPUT[type].includes(name)) return `It belongs in output.${name}.`;
  if (INPUT[type].includes(name)) return `It belongs in input.${name}.`;
  const other = (['image', 'video'] as const).find((modality) => OUTPUT[modality].includes(name) || INPUT[modality].includes(name));
  if (other !== undefined) return `It is a parameter of ${other} tasks, not of ${type} tasks.`;
  return type === 'text' && !param.includes('.') ? 'Chat parameters go into params.' : null;
}
