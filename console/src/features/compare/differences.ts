import type { Asset } from '../../api/assets';
import { promptOf, type Task } from '../../api/task-facts';

/** An image that is compared, with the run that made it; null: it was uploaded, or its run is gone. */
export interface Compared {
  readonly asset: Asset;
  readonly task: Task | null;
}

/** What the images are called, in every language. */
export const LETTERS = ['A', 'B', 'C', 'D'] as const;

export interface Setting {
  /** As the API calls it. */
  readonly name: string;
  /** One for each image, in their order; null: it has none. */
  readonly values: readonly (string | null)[];
}

/** The settings that the images do not share: model, size, and what their runs asked for. */
export function differencesOf(compared: readonly Compared[]): readonly Setting[] {
  const asked = compared.map(({ task }) => (task === null ? {} : { ...task.input, ...task.output }));
  const names = [...new Set(asked.flatMap((values) => Object.keys(values)))].filter((name) => name !== 'prompt' && name !== 'images');
  const settings: readonly Setting[] = [
    { name: 'model', values: compared.map(({ task }) => task?.model ?? null) },
    { name: 'pixels', values: compared.map(({ asset }) => sizeOf(asset)) },
    { name: 'prompt', values: compared.map(({ task }) => (task === null ? null : promptOf(task))) },
    { name: 'references', values: compared.map(({ task }) => referencesOf(task)) },
    ...names.map((name) => ({ name, values: asked.map((values) => textOf((values as Readonly<Record<string, unknown>>)[name])) })),
  ];
  return settings.filter(({ values }) => new Set(values).size > 1);
}

/** "1024 × 1536" */
export function sizeOf({ width, height }: Asset): string | null {
  return width === null || height === null ? null : `${width} × ${height}`;
}

function referencesOf(task: Task | null): string | null {
  const images: unknown = task?.input?.['images'];
  return Array.isArray(images) && images.length > 0 ? String(images.length) : null;
}

function textOf(value: unknown): string | null {
  if (value === undefined || value === null || value === '') return null;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
