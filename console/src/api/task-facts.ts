import type { components } from './schema';

export type Task = components['schemas']['Task'];
/** What a row shows, and no more: lists are asked for often. */
export const ROW_FIELDS = [
  ...(['type', 'model', 'status', 'phase', 'progress', 'created_at', 'finished_at'] as const),
  ...(['output', 'outputs', 'cost', 'routing', 'error', 'credential'] as const),
];
/** A task in a list, with the beginning of its prompt. */
export type TaskRow = Pick<components['schemas']['TaskSummary'], 'id' | (typeof ROW_FIELDS)[number]> & { readonly prompt: string | null };
export type TaskStatus = Task['status'];

const ENDED: ReadonlySet<TaskStatus> = new Set(['succeeded', 'failed', 'cancelled', 'expired']);
export const hasEnded = ({ status }: { readonly status: TaskStatus }): boolean => ENDED.has(status);

/** The prompt of a task, or the last words of a conversation; empty when it was removed. */
export function promptOf({ input }: Task): string {
  if (input === null) return '';
  if (typeof input['prompt'] === 'string') return input['prompt'];
  if (typeof input['input'] === 'string') return input['input'];
  const last: unknown = Array.isArray(input['messages']) ? input['messages'].at(-1) : undefined;
  return typeof last === 'object' && last !== null && 'content' in last ? textOf(last.content) : '';
}

function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  const texts = content.map((part: unknown) =>
    typeof part === 'object' && part !== null && 'text' in part && typeof part.text === 'string' ? part.text : '',
  );
  return texts.filter((text) => text !== '').join(' ');
}

export interface Asked {
  readonly n: number;
  /** "4:5", also of a size in pixels; null: left to the model. */
  readonly ratio: string | null;
  readonly seed: number | null;
  readonly durationS: number | null;
}

/** What a task asked for, as far as it is drawn. */
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

/** Not charged, or nothing to be charged. */
export const wasFree = ({ cost }: TaskRow | Task): boolean => cost.actual === null || Number(cost.actual) === 0;

/** The image that a run began with; null: it began with none, or with several. */
export function originalOf(task: Task): string | null {
  const images: unknown = task.input?.['images'];
  if (!Array.isArray(images)) return null;
  const given = images.flatMap((image: unknown) =>
    typeof image === 'object' && image !== null && 'asset_id' in image && 'role' in image && image.role !== 'mask' ? [image.asset_id] : [],
  );
  return given.length === 1 && typeof given[0] === 'string' ? given[0] : null;
}
