import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Home } from './home';
import { readJson, writeJson, writePrivate } from './json-file';

/** Passwords between the parts of one installation; made once, kept in the home. */
export interface PartSecrets {
  readonly postgresPassword: string;
  readonly s3AccessKeyId: string;
  readonly s3SecretAccessKey: string;
}

/** Random text of letters and digits. */
export function randomText(bytes: number): string {
  return randomBytes(bytes).toString('hex');
}

/** The home's part secrets, made at the first start. */
export function partSecrets(home: Home): PartSecrets {
  const file = join(home.root, 'secrets.json');
  const kept = readJson(file) as PartSecrets | undefined;
  if (kept !== undefined) return kept;
  const made: PartSecrets = { postgresPassword: randomText(16), s3AccessKeyId: randomText(10), s3SecretAccessKey: randomText(20) };
  writeJson(file, made);
  return made;
}

/** The home's master key (32 bytes, base64), made at the first start, in a file of its own so that it can be backed up apart. */
export function masterKey(home: Home): string {
  const file = join(home.root, 'master.key');
  try {
    const kept = readFileSync(file, 'utf8').trim();
    if (kept !== '') return kept;
  } catch (error) {
    // A key that exists and cannot be read must never be replaced: everything encrypted with it would be lost.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const made = randomBytes(32).toString('base64');
  writePrivate(file, `${made}\n`);
  return made;
}
