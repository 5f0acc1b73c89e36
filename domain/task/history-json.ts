/** Reading Temporal's JSON form of a history. */

export type JsonRecord = Readonly<Record<string, unknown>>;

/** The value as an object; anything else: an empty one. */
export function asRecord(value: unknown): JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonRecord) : {};
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Whole numbers come as text when they may be large. */
export function numberOf(value: unknown): number | null {
  const number = typeof value === 'string' && value !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : null;
}

/** A time of the server; its nanoseconds are cut. */
export function timeOf(value: unknown): Date {
  return new Date(textOf(value));
}

/** The first payload of a list of payloads, parsed; undefined when there is none or it is no JSON. */
export function contentOf(payloads: unknown): unknown {
  const list = asRecord(payloads)['payloads'];
  const data = asRecord(Array.isArray(list) ? list[0] : undefined)['data'];
  return typeof data === 'string' ? parse(decodeBase64(data)) : undefined;
}

/**
 * The history with the ids of other tasks replaced, the same id always by the same one: a group's history belongs to several owners,
 * and replays as it did.
 */
export function maskOtherTasks<T>(history: T, taskId: string): T {
  const masks = new Map<string, string>([[taskId, taskId]]);
  const mask = (text: string) =>
    text.replace(/task_[0-9a-f]{32}/g, (id) => {
      const known = masks.get(id) ?? `task_${String(masks.size).padStart(32, '0')}`;
      masks.set(id, known);
      return known;
    });
  const walk = (value: unknown, name: string): unknown => {
    if (Array.isArray(value)) return value.map((item) => walk(item, name));
    if (typeof value === 'object' && value !== null) {
      return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, walk(member, key)]));
    }
    if (typeof value !== 'string' || name !== 'data') return value;
    const text = decodeBase64(value);
    return text.includes('task_') ? encodeBase64(mask(text)) : value;
  };
  return walk(history, '') as T;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function decodeBase64(data: string): string {
  return new TextDecoder().decode(Uint8Array.from(atob(data), (character) => character.charCodeAt(0)));
}

function encodeBase64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}
