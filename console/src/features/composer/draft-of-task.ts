import type { Task } from '../../api/tasks';
import type { Draft, Reference, Role } from './draft';

/** The settings of a run, to be used again. References that were files of that run are its assets now. */
export function draftOfTask({ model, input, output }: Task): Partial<Draft> {
  const text = (values: Readonly<Record<string, unknown>> | null, name: string): string | undefined =>
    typeof values?.[name] === 'string' ? values[name] : undefined;
  const number = (name: string): number | undefined => (typeof output[name] === 'number' ? output[name] : undefined);
  const seed = number('seed');
  const prompt = text(input, 'prompt');
  return {
    model,
    ...(prompt === undefined ? {} : { prompt }),
    negativePrompt: text(input, 'negative_prompt') ?? '',
    ratio: text(output, 'aspect_ratio') ?? null,
    resolution: text(output, 'resolution') ?? null,
    quality: text(output, 'quality') ?? null,
    count: number('n') ?? 1,
    seed: seed ?? null,
    isSeedLocked: seed !== undefined,
    format: text(output, 'format') ?? 'png',
    durationS: number('duration_s') ?? null,
    hasSound: output['audio'] === true,
    references: referencesOf(input?.['images']),
  };
}

function referencesOf(images: unknown): readonly Reference[] {
  if (!Array.isArray(images)) return [];
  return images.flatMap((image: unknown): Reference[] => {
    if (typeof image !== 'object' || image === null || !('asset_id' in image) || typeof image.asset_id !== 'string') return [];
    const role = 'role' in image && typeof image.role === 'string' ? (image.role as Role) : 'reference';
    return [{ id: image.asset_id, role, source: { kind: 'asset', asset: image.asset_id } }];
  });
}
