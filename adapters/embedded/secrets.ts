import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { StartFailure } from './failure';
import { isInitialised, type Home } from './home';
import { parseTexts, readKept, writeJson, writePrivate } from './json-file';

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

/** The home's part secrets, made at the first start. @throws StartFailure when they are there and cannot be used, or are gone */
export function partSecrets(home: Home): PartSecrets {
  const file = join(home.root, 'secrets.json');
  const holds = 'the passwords of the embedded Postgres and S3';
  const kept = readKept({
    file,
    holds,
    parse: (text) => parseTexts(text, ['postgresPassword', 's3AccessKeyId', 's3SecretAccessKey']),
  });
  if (kept !== undefined) return kept;
  if (isInitialised(home)) {
    throw new StartFailure(
      `${file} is gone. It held ${holds}, and the data in ${home.postgres} open with no other password. ` +
        `Restore it from a backup, or move ${home.root} away to begin with an empty installation.`,
    );
  }
  const made: PartSecrets = { postgresPassword: randomText(16), s3AccessKeyId: randomText(10), s3SecretAccessKey: randomText(20) };
  writeJson(file, made);
  return made;
}

/** The home's master key (32 bytes, base64), made at the first start, in a file of its own so that it can be backed up apart. */
export function masterKey(home: Home): string {
  const file = join(home.root, 'master.key');
  const holds = 'the key that provider keys and callback secrets in the database are encrypted with';
  const kept = readKept({ file, holds, parse: (text) => (Buffer.from(text.trim(), 'base64').length === 32 ? text.trim() : null) });
  if (kept !== undefined) return kept;
  const made = randomBytes(32).toString('base64');
  writePrivate(file, `${made}\n`);
  return made;
}
