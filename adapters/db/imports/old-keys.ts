import type { SecretBox } from '../../../domain/access/secrets';
import { AppError } from '../../../domain/errors';
import type { Sql } from '../connection/pool';

/** Keys in memory, in clear, at once. */
const MOST = 2_000;

/** The old keys of callers whom the gateway serves that they come from. */
export interface OldKeys {
  /** @throws AppError `provider_auth` when it is not kept (any more) */
  readonly find: (credentialId: number) => Promise<string>;
  /** What is in memory goes: a move may have ended. */
  forget(): void;
}

export function createOldKeys(sql: Sql, box: Pick<SecretBox, 'open'>): OldKeys {
  const known = new Map<number, string>();
  return {
    async find(credentialId) {
      const there = known.get(credentialId);
      if (there !== undefined) return there;
      const [row] = await sql.named<{ sealed: string }>(
        'old_key',
        'select key_encrypted as sealed from import_keys where credential_id = $1',
        [credentialId],
      );
      if (row === undefined) throw new AppError('provider_auth', 'The old key of this caller is not kept any more: its move has ended.');
      const key = box.open(row.sealed);
      if (known.size >= MOST) known.clear();
      known.set(credentialId, key);
      return key;
    },
    forget: () => {
      known.clear();
    },
  };
}
