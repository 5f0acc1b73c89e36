import { newKey } from '../../api/client';
import type { Reference, Role } from './draft';

const TYPES: ReadonlySet<string> = new Set(['image/png', 'image/jpeg', 'image/webp']);
/** Longer requests are refused by the API as a whole. */
const MOST_BYTES = 10_000_000;

/** Files of a paste or a drop. */
export function filesOf(data: DataTransfer | null): readonly File[] {
  return [...(data?.files ?? [])];
}

/** A file as a reference, or why it can't be one: said at once, not by a failed run. */
export async function readReference(file: File, role: Role): Promise<Reference | { readonly fault: 'type' | 'size' }> {
  if (!TYPES.has(file.type)) return { fault: 'type' };
  if (file.size > MOST_BYTES) return { fault: 'size' };
  return {
    id: newKey(),
    role,
    source: { kind: 'file', name: file.name, dataUrl: await dataUrlOf(file), shownUrl: URL.createObjectURL(file) },
  };
}

function dataUrlOf(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(typeof reader.result === 'string' ? reader.result : '');
    reader.onerror = () => reject(reader.error ?? new Error('The file could not be read.'));
    reader.readAsDataURL(file);
  });
}
