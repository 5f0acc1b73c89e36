import { AppError } from '../errors';

/** Hashes passwords; slow on purpose, and bounded: many at once wait for each other. */
export interface PasswordHasher {
  /** argon2id in PHC form. @throws AppError `rate_limit_exceeded` when too many wait */
  hash(password: string): Promise<string>;
  /** Is it the password? Takes as long where there is none (null). @throws AppError `rate_limit_exceeded` when too many wait */
  verify(stored: string | null, password: string): Promise<boolean>;
}

export const PASSWORD_LENGTH = { least: 8, most: 256 } as const;

/** What is tried first. */
const COMMON: ReadonlySet<string> = new Set([
  ...[
    'password',
    'passwort',
    'password1',
    'password123',
    'passw0rd',
    'p@ssw0rd',
    'iloveyou',
    'sunshine',
    'princess',
    'football',
    'baseball',
  ],
  ...[
    '12345678',
    '123456789',
    '1234567890',
    '87654321',
    '11111111',
    '00000000',
    '88888888',
    'abcd1234',
    'abc12345',
    '1q2w3e4r',
    '1qaz2wsx',
  ],
  ...['qwertyui', 'qwertyuiop', 'qwerty123', 'asdfghjkl', 'letmein1', 'changeme', 'welcome1', 'trustno1', 'superman', 'administrator'],
]);

/**
 * Refuses passwords that are guessed at once: no rules of characters, which make none stronger.
 * @param own - what others know of the person: e-mail and name
 * @throws AppError `invalid_value`
 */
export function requireGoodPassword(password: string, own: readonly string[]): void {
  const length = Array.from(password).length;
  if (length < PASSWORD_LENGTH.least || length > PASSWORD_LENGTH.most) {
    throw bad(`must have ${String(PASSWORD_LENGTH.least)} to ${String(PASSWORD_LENGTH.most)} characters`);
  }
  const folded = password.toLowerCase();
  if (COMMON.has(folded) || new Set(folded).size < 3)
    throw bad('is one of the first that an attacker tries. Three random words make a good one');
  if (own.some((text) => folded === text.toLowerCase() || folded === text.toLowerCase().split('@')[0])) {
    throw bad('must not be your name or e-mail');
  }
}

function bad(reason: string): AppError {
  return new AppError('invalid_value', `The password ${reason}.`, { param: 'password' });
}
