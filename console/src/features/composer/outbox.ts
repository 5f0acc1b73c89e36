import { newKey } from '../../api/client';
import type { TaskRequest } from '../../api/tasks';
import { readStored, writeStored } from '../../lib/preferences';

/** A run that was asked for and not answered yet, with its Idempotency-Key. */
export interface Waiting {
  readonly key: string;
  readonly body: TaskRequest;
}

/** Longer ones (with files) are not kept: the browser has no room for them. */
const MOST_LETTERS = 200_000;

/** What was sent from this page and not answered: a reload in between sends it again under its key, which buys once. */
export function readOutbox(name: string): readonly Waiting[] {
  try {
    const stored: unknown = JSON.parse(readStored(name) ?? '[]');
    return Array.isArray(stored) ? (stored as readonly Waiting[]) : [];
  } catch {
    return [];
  }
}

export function putOut(name: string, body: TaskRequest): Waiting {
  const waiting = { key: newKey(), body };
  const text = JSON.stringify([...readOutbox(name), waiting]);
  if (text.length <= MOST_LETTERS) writeStored(name, text);
  return waiting;
}

export function takeOut(name: string, key: string): void {
  const rest = readOutbox(name).filter((waiting) => waiting.key !== key);
  writeStored(name, rest.length === 0 ? null : JSON.stringify(rest));
}
