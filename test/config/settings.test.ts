import { loadSettings, SETTINGS_VARIABLES, VARIABLE_DESCRIPTIONS } from '../../adapters/config/settings';
import type { ConfigFault } from '../../domain/config/document';
import { isAppError } from '../../domain/errors';

const MASTER_KEY = '8f0d3b5c71e2a4968f0d3b5c71e2a4968f0d3b5c71e2a4968f0d3b5c71e2a496';
const complete = {
  DATABASE_URL: 'postgres://atelier:hunter2@localhost:5432/atelier',
  S3_ENDPOINT: 'http://localhost:8333',
  S3_BUCKET: 'atelier',
  S3_ACCESS_KEY_ID: 'id',
  S3_SECRET_ACCESS_KEY: 'secret',
  ATELIER_MASTER_KEY: MASTER_KEY,
};

/** The faults as `name: message`, and the whole message. */
function faultsOf(env: NodeJS.ProcessEnv): { readonly list: readonly string[]; readonly message: string } {
  try {
    loadSettings(env);
  } catch (error) {
    if (!isAppError(error)) throw error;
    return { list: (error.facts.details as ConfigFault[]).map(({ path, message }) => `${path}: ${message}`), message: error.message };
  }
  return { list: [], message: '' };
}

test('what is not given has the default of the documentation', () => {
  const settings = loadSettings(complete);

  expect(settings).toMatchObject({
    port: 4000,
    host: '127.0.0.1',
    configFile: null,
    allowLoopback: false,
    optimistic: true,
    optimisticItems: true,
    queuePrefix: '',
    publicUrl: null,
    corsOrigins: '*',
    poolMax: 10,
    adminKeyHash: null,
    s3: { region: 'us-east-1', publicEndpoint: null },
  });
  expect(settings.home).toMatch(/\.atelier$/);
  expect(Object.isFrozen(settings) && Object.isFrozen(settings.s3)).toBe(true);
});

test('given values are taken, and the admin key is kept as its hash only', () => {
  const adminKey = 'atl_a_0123456789abcdefghijklmnopqrstuvwxyz';
  const settings = loadSettings({
    ...complete,
    PORT: '0',
    ATELIER_OPTIMISTIC: 'false',
    ATELIER_OPTIMISTIC_ITEMS: 'false',
    ATELIER_ALLOW_LOOPBACK: 'true',
    ATELIER_ADMIN_KEY: adminKey,
  });

  expect(settings).toMatchObject({ port: 0, optimistic: false, optimisticItems: false, allowLoopback: true });
  expect(settings.adminKeyHash).toMatch(/^[0-9a-f]{64}$/);
  expect(JSON.stringify(settings)).not.toContain(adminKey);
});

test.each([
  ['*', '*'],
  ['none', []],
  ['https://App.example/, http://localhost:3000', ['https://app.example', 'http://localhost:3000']],
  ['chrome-extension://abcdef', ['chrome-extension://abcdef']],
])('the origins %s of pages are understood', (text, origins) => {
  expect(loadSettings({ ...complete, ATELIER_CORS_ORIGINS: text }).corsOrigins).toEqual(origins);
});

test.each([
  ['loopback', ['loopback']],
  ['10.0.0.0/8, 2001:db8::1', ['10.0.0.0/8', '2001:db8::1']],
])('the trusted proxies %s are understood', (text, proxies) => {
  expect(loadSettings({ ...complete, ATELIER_TRUSTED_PROXIES: text }).trustedProxies).toEqual(proxies);
});

test.each(['true', '10', '10.0.0.0/33', '10.0.0.0/8,', 'proxy.example', 'fe80::1%eth0'])('the trusted proxies %s are refused', (text) => {
  expect(faultsOf({ ...complete, ATELIER_TRUSTED_PROXIES: text }).list).toEqual([
    expect.stringMatching(/^ATELIER_TRUSTED_PROXIES: must be addresses/),
  ]);
});

test.each(['app.example', 'https://app.example/path', 'https://*.example', 'https://a.example,', 'null'])(
  'the origin %s is refused',
  (text) => {
    expect(faultsOf({ ...complete, ATELIER_CORS_ORIGINS: text }).list).toEqual([expect.stringMatching(/^ATELIER_CORS_ORIGINS: must be/)]);
  },
);

test('every missing variable is named at once', () => {
  expect(faultsOf({}).list).toEqual(
    Object.keys(complete)
      .map((name) => `${name}: is required`)
      .sort(bySchema),
  );
});

test('an empty variable counts as not given', () => {
  expect(faultsOf({ ...complete, S3_BUCKET: '', ATELIER_PUBLIC_URL: '', PORT: '' }).list).toEqual(['S3_BUCKET: is required']);
});

test('faults name the variable and what is allowed, never the value', () => {
  const { list, message } = faultsOf({
    ...complete,
    PORT: '70000',
    ATELIER_OPTIMISTIC: 'perhaps',
    DATABASE_URL: 'mysql://root:hunter2@db/x',
    S3_ENDPOINT: 'http://user:hunter2@s3',
    ATELIER_MASTER_KEY: 'hunter2',
    ATELIER_LOG_LEVEL: 'hunter2',
  });

  expect(list.map((fault) => fault.split(':')[0]).sort()).toEqual(
    ['ATELIER_LOG_LEVEL', 'ATELIER_MASTER_KEY', 'ATELIER_OPTIMISTIC', 'DATABASE_URL', 'PORT', 'S3_ENDPOINT'].sort(),
  );
  expect(message).toContain('PORT: must be a whole number from 0 to 65535');
  expect(message).not.toContain('hunter2');
});

test.each(['', 'short', 'a'.repeat(64), 'change-me-change-me-change-me-change-me'])('the master key %j is refused', (key) => {
  expect(faultsOf({ ...complete, ATELIER_MASTER_KEY: key }).list).toEqual([expect.stringMatching(/^ATELIER_MASTER_KEY: /)]);
});

test.each([MASTER_KEY, Buffer.from(MASTER_KEY, 'hex').toString('base64'), 'correct horse battery staple and more'])(
  'a master key of 32 bytes or characters is taken (%#)',
  (key) => {
    expect(loadSettings({ ...complete, ATELIER_MASTER_KEY: key }).masterKey).toBe(key);
  },
);

test('every documented variable has a description of one line', () => {
  expect(SETTINGS_VARIABLES).toEqual(expect.arrayContaining(Object.keys(complete)));
  expect(Object.values(VARIABLE_DESCRIPTIONS).filter((text) => text.includes('\n') || text.length < 10)).toEqual([]);
});

function bySchema(left: string, right: string): number {
  const place = (fault: string) => SETTINGS_VARIABLES.indexOf(fault.split(':')[0] ?? '');
  return place(left) - place(right);
}
