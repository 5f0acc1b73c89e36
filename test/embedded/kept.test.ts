import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Home, ensureHome } from '../../adapters/embedded/home';
import { masterKey, partSecrets } from '../../adapters/embedded/secrets';
import { writeCredentials } from '../../adapters/embedded/up/credentials';

let home: Home;
beforeEach(() => {
  home = ensureHome(mkdtempSync(join(tmpdir(), 'atelier-kept-')));
});
afterEach(() => {
  rmSync(home.root, { recursive: true });
});

const SECRETS = { postgresPassword: 'p', s3AccessKeyId: 'i', s3SecretAccessKey: 's' };
const KEYS = {
  adminKey: 'a',
  callbackSecret: 'whsec_x',
  consolePassword: 'w',
  sample: { production: 'p', test: 't', script: 's', personal: 'x' },
};
const WHOLE = { 'secrets.json': JSON.stringify(SECRETS), 'keys.json': JSON.stringify(KEYS), 'master.key': `${'A'.repeat(43)}=\n` };
type Name = keyof typeof WHOLE;

const READS: Readonly<Record<Name, () => unknown>> = {
  'secrets.json': () => partSecrets(home),
  'keys.json': () => writeCredentials({ home, baseUrl: 'http://x', withSampleTeam: true, environment: {} }).keys,
  'master.key': () => masterKey(home),
};
const NAMES = Object.keys(WHOLE) as Name[];
const at = (name: Name) => join(home.root, name);

it.each(NAMES)('%s is made once, and stays', (name) => {
  const made = READS[name]();
  const text = readFileSync(at(name), 'utf8');
  expect(READS[name]()).toEqual(made);
  expect(readFileSync(at(name), 'utf8')).toBe(text);
  expect(statSync(at(name)).mode & 0o777).toBe(0o600);
  expect(readdirSync(home.root).filter((file) => file.endsWith('.new'))).toEqual([]);
});

const BROKEN: readonly (readonly [Name, string, string, string])[] = [
  ...NAMES.flatMap((name): (readonly [Name, string, string, string])[] => [
    [name, 'empty', '', 'is empty'],
    [name, 'blank', ' \n', 'is empty'],
    [name, 'cut off', WHOLE[name].slice(0, -6), 'is not whole'],
    [name, 'full of zeros, as after a power cut', '\0'.repeat(64), 'is not whole'],
  ]),
  ['secrets.json', 'without a password', JSON.stringify({ ...SECRETS, postgresPassword: '' }), 'is not whole'],
  ['secrets.json', 'a list', '[]', 'is not whole'],
  ['keys.json', 'without the keys of the sample team', JSON.stringify({ ...KEYS, sample: {} }), 'is not whole'],
  ['keys.json', 'without a sample team', JSON.stringify({ ...KEYS, sample: undefined }), 'is not whole'],
  ['keys.json', 'null', 'null', 'is not whole'],
];

it.each(BROKEN)('%s is not made anew when it is %s', (name, _how, text, fault) => {
  writeFileSync(at(name), text);
  expect(READS[name]).toThrow(`${at(name)} ${fault}. It holds `);
  expect(READS[name]).toThrow(/so no new one is made\. Restore it from a backup, or move .* away to begin with an empty installation\./);
  expect(readFileSync(at(name), 'utf8')).toBe(text);
});

it.each(NAMES)('%s that cannot be read is an error that names its owner and mode', (name) => {
  mkdirSync(at(name));
  expect(READS[name]).toThrow(/cannot be read \(EISDIR; owner \d+, mode \d+\)\. It holds .*\(chown, chmod 600\)/);
});

it.each(NAMES)('%s that a copy has opened to others is closed to them', (name) => {
  writeFileSync(at(name), WHOLE[name], { mode: 0o644 });
  READS[name]();
  expect(statSync(at(name)).mode & 0o777).toBe(0o600);
  expect(readFileSync(at(name), 'utf8')).toBe(WHOLE[name]);
});

it('keys from before people signed in are kept, and the password of the console is made once', () => {
  writeFileSync(at('keys.json'), JSON.stringify({ ...KEYS, consolePassword: undefined }));
  const write = () => writeCredentials({ home, baseUrl: 'http://x', withSampleTeam: true, environment: {} });
  const made = write();
  expect(made).toMatchObject({ admin_key: 'a', keys: KEYS.sample, console_password: expect.stringMatching(/^[\w-]{16}$/) });
  expect(write()).toEqual(made);
});

it('passwords that are gone are not made anew once Postgres has data', () => {
  mkdirSync(home.postgres);
  writeFileSync(join(home.postgres, 'initialised'), '');
  expect(READS['secrets.json']).toThrow(/secrets\.json is gone\. .* open with no other password\. Restore it from a backup/);
  expect(readdirSync(home.root)).not.toContain('secrets.json');
});
