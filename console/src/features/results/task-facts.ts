import type { Task, TaskRow } from '../../api/tasks';

/** The prompt of a task; empty when it was removed. */
export function promptOf({ input }: Task): string {
  if (input === null) return '';
  if (typeof input['prompt'] === 'string') return input['prompt'];
  const { messages } = input;
  const last: unknown = Array.isArray(messages) ? messages.at(-1) : undefined;
  if (typeof last !== 'object' || last === null || !('content' in last)) return '';
  return typeof last.content === 'string' ? last.content : partsOf(last.content);
}

function partsOf(content: unknown): string {
  if (!Array.isArray(content)) return '';
  return content
    .map((part: unknown) => (typeof part === 'object' && part !== null && 'text' in part && typeof part.text === 'string' ? part.text : ''))
    .filter((text) => text !== '')
    .join(' ');
}

export interface Asked {
  readonly n: number;
  /** "4:5", also of a size in pixels; null: left to the model. */
  readonly ratio: string | null;
  readonly seed: number | null;
  readonly durationS: number | null;
}

/** What a task asked for, as far as the studio draws it. */
export function requestOf({ output, outputs }: TaskRow | Task): Asked {
  const number = (name: string): number | null => (typeof output[name] === 'number' ? output[name] : null);
  const text = (name: string): string | null => (typeof output[name] === 'string' && output[name] !== 'auto' ? output[name] : null);
  return {
    n: number('n') ?? Math.max(1, outputs.length),
    ratio: text('aspect_ratio') ?? text('size')?.replace('x', ':') ?? null,
    seed: number('seed'),
    durationS: number('duration_s'),
  };
}
