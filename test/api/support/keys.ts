import { randomUUID } from 'node:crypto';
import type { Answer } from '../../support/call';
import { ADMIN_KEY, type TestApi } from './api';

/** A key that a test made. */
export interface MadeKey {
  readonly key: string;
  readonly name: string;
  /** Below /admin/v1. */
  readonly path: string;
}

/** What tests do with keys by the administration of an api. */
export function keysOf(api: TestApi) {
  /** Calls a path below /admin/v1 with the admin key. */
  const admin = (method: string, path: string, body?: unknown): Promise<Answer> =>
    api.call(method, `/admin/v1${path}`, { key: ADMIN_KEY, ...(body === undefined ? {} : { body }) });

  /** A key of the team studio with these fields. */
  async function aKey(fields: object = {}): Promise<MadeKey> {
    const name = `k-${randomUUID().slice(0, 8)}`;
    const made = await admin('POST', '/keys', { team: 'studio', name, class: 'test', ...fields });
    expect(made).toMatchObject({ status: 201 });
    return { key: made.body.key, name, path: `/keys/studio/${name}` };
  }

  return { admin, aKey };
}
