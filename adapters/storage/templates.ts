import { createHash, randomUUID } from 'node:crypto';
import { AppError, isAppError } from '../../domain/errors';
import type { ObjectStore } from '../../domain/storage';
import type { TemplateBodies, TemplateBody } from '../../domain/template/template';

const JSON_TYPE = 'application/json';
/** Bodies do not change, so they are remembered: the latest ones, up to this many characters. */
const MOST_REMEMBERED = 8 * 1024 * 1024;

/** Bodies of versions, each an object of its own: `templates/<id>/<version>-<uuid>.json`. */
export function createTemplateBodies(objects: Pick<ObjectStore, 'put' | 'read' | 'delete'>): TemplateBodies {
  const known = new Map<string, string>();
  let remembered = 0;

  function remember(key: string, text: string): void {
    known.set(key, text);
    remembered += text.length;
    for (const [oldest, old] of known) {
      if (remembered <= MOST_REMEMBERED) break;
      known.delete(oldest);
      remembered -= old.length;
    }
  }

  async function load(key: string, sha256: string): Promise<string> {
    const bytes = await readBody(objects, key);
    if (hashOf(bytes) !== sha256) throw new AppError('internal', `The body ${key} is not the one that was stored.`);
    const text = Buffer.from(bytes).toString();
    if (!known.has(key)) remember(key, text);
    return text;
  }

  return {
    async put(templateId, version, body) {
      const bytes = Buffer.from(JSON.stringify(body));
      const sha256 = hashOf(bytes);
      // Two who make the same version at once write two objects; one of them is then discarded.
      const key = `templates/${templateId}/${String(version)}-${randomUUID()}.json`;
      await objects.put(key, bytes, JSON_TYPE);
      return { key, sha256, bytes: bytes.length };
    },
    read: async ({ key, sha256 }) => JSON.parse(known.get(key) ?? (await load(key, sha256))) as TemplateBody,
    discard: (key) => objects.delete(key),
  };
}

async function readBody(objects: Pick<ObjectStore, 'read'>, key: string): Promise<Uint8Array> {
  try {
    return await objects.read(key);
  } catch (error) {
    if (!isAppError(error) || error.code !== 'not_found') throw error;
    throw new AppError('internal', `The body ${key} cannot be read: the object is gone.`, {}, error);
  }
}

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
