import { existsSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { checkConfig } from '../../adapters/config/file';
import { SETTINGS_VARIABLES, loadSettings } from '../../adapters/config/settings';
import { composeFile, envNames, fillIn, interpolations } from './compose-file';
import { ROOT, readText } from './support';

/** Variables of the images we did not build, as their documentation names them; and Temporal's environment configuration for ours. */
const DOCUMENTED: Readonly<Record<string, readonly string[]>> = {
  atelier: [...SETTINGS_VARIABLES, 'TEMPORAL_ADDRESS', 'TEMPORAL_NAMESPACE'],
  postgres: ['POSTGRES_USER', 'POSTGRES_PASSWORD', 'POSTGRES_DB'],
  'temporalio/admin-tools': ['SQL_HOST', 'SQL_PORT', 'SQL_USER', 'SQL_PASSWORD', 'TEMPORAL_ADDRESS', 'TEMPORAL_NAMESPACE'],
  'temporalio/server': [
    'DB',
    'DB_PORT',
    'POSTGRES_SEEDS',
    'POSTGRES_USER',
    'POSTGRES_PWD',
    'DBNAME',
    'VISIBILITY_DBNAME',
    'NUM_HISTORY_SHARDS',
    'BIND_ON_IP',
    'DYNAMIC_CONFIG_FILE_PATH',
  ],
  'temporalio/ui': ['TEMPORAL_ADDRESS'],
  'chrislusf/seaweedfs': ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'],
};

const OURS = ['api', 'worker', 'migrate'] as const;
const compose = composeFile();
const services = Object.entries(compose.services);
const imageName = (image: string): string => image.replace(/:[^:]*$/, '');

describe('docker-compose.yml', () => {
  test('runs every part of the production shape', () => {
    const parts = ['api', 'worker', 'migrate', 'postgres', 'temporal', 'temporal-schema', 'temporal-namespace', 'seaweedfs'];

    expect(Object.keys(compose.services)).toEqual(expect.arrayContaining(parts));
  });

  test.each(services)('%s sets only variables that its image knows', (_name, service) => {
    const referenced = interpolations(readText('deploy/atelier.yaml')).map((reference) => reference.name);
    const known = DOCUMENTED[imageName(service.image ?? '')] ?? [];
    const allowed = service.build === undefined ? known : [...known, ...referenced];

    expect(Object.keys(service.environment ?? {}).filter((name) => !allowed.includes(name))).toEqual([]);
  });

  test.each(OURS)('%s gets settings that it accepts', (name) => {
    const filled = Object.fromEntries(
      envNames('deploy/compose.env.example').map((variable) => [variable, `0123456789abcdef-${variable}-filled-in`]),
    );
    const values = { ...filled, ATELIER_PUBLIC_URL: '', ATELIER_CORS_ORIGINS: '*', ATELIER_TRUSTED_PROXIES: '', ATELIER_ADMIN_EMAIL: '' };
    const environment = Object.entries(compose.services[name]?.environment ?? {});

    const settings = loadSettings(Object.fromEntries(environment.map(([variable, value]) => [variable, fillIn(value, values)])));

    expect(settings.host).toBe('0.0.0.0');
    expect(settings.s3.endpoint).toBe('http://seaweedfs:8333');
    expect(settings.allowLoopback).toBe(false);
  });

  test('every value it asks the operator for is in deploy/compose.env.example, and no other', () => {
    const asked = new Set(interpolations(readText('docker-compose.yml')).map((reference) => reference.name));

    expect([...asked].sort()).toEqual([...envNames('deploy/compose.env.example')].sort());
  });

  test('no secret has a default', () => {
    const secrets = interpolations(readText('docker-compose.yml')).filter((reference) =>
      /PASSWORD|SECRET|MASTER|_KEY/.test(reference.name),
    );

    expect(secrets.filter((secret) => secret.operator !== ':?' && secret.word !== '')).toEqual([]);
    const required = secrets.filter((secret) => secret.operator === ':?').map((secret) => secret.name);
    expect(required).toEqual(
      expect.arrayContaining(['POSTGRES_PASSWORD', 'ATELIER_MASTER_KEY', 'ATELIER_ADMIN_KEY', 'S3_ACCESS_KEY_ID', 'S3_SECRET_ACCESS_KEY']),
    );
  });

  test('every file and volume it mounts exists', () => {
    const sources = services.flatMap(([, service]) => (service.volumes ?? []).map((volume) => volume.split(':')[0] ?? ''));

    const missing = sources.filter((source) =>
      source.startsWith('.') ? !existsSync(path.join(ROOT, source)) : !Object.hasOwn(compose.volumes, source),
    );

    expect(missing).toEqual([]);
  });

  test('every service waits for services that exist and can say that they are ready', () => {
    const waits = services.flatMap(([name, service]) =>
      Object.entries(service.depends_on ?? {}).map(([on, { condition }]) => ({ name, on, condition })),
    );

    const broken = waits.filter(({ on, condition }) => {
      const target = compose.services[on];
      return target === undefined || (condition === 'service_healthy' && target.healthcheck === undefined);
    });

    expect(waits.length).toBeGreaterThan(5);
    expect(broken).toEqual([]);
  });

  test('api and worker start only after the migration and on a Temporal that has its namespace', () => {
    for (const name of ['api', 'worker'] as const) {
      expect(compose.services[name]?.depends_on).toMatchObject({
        migrate: { condition: 'service_completed_successfully' },
        'temporal-namespace': { condition: 'service_completed_successfully' },
      });
    }
  });

  test('every image is pinned, and ours run what the build makes', () => {
    for (const [, service] of services) expect(service.image).toMatch(/^[\w./-]+:\d+[\w.-]*$/);
    for (const name of OURS) {
      const script = compose.services[name]?.command?.[1] ?? '';
      const source = script.replace(/^dist\/(.*)[.]js$/, '$1.ts');
      expect(source).toMatch(/main[.]ts$/);
      expect(existsSync(path.join(ROOT, source))).toBe(true);
    }
  });

  test('only the api is reachable from other machines', () => {
    const open = services.filter(([, service]) => (service.ports ?? []).some((port) => !port.startsWith('127.0.0.1:')));

    expect(open.map(([name]) => name)).toEqual(['api']);
  });
});

describe('deploy/atelier.yaml', () => {
  test('is accepted as it is, and with everything that stands in comments switched on', () => {
    const written = readText('deploy/atelier.yaml');
    const switchedOn = written.replace(/^( *)# (- |  )/gm, '$1$2');

    expect(checkConfig(written, {}).faults).toEqual([]);
    expect(switchedOn).not.toBe(written);
    expect(checkConfig(switchedOn, { OPENAI_API_KEY: 'sk-0123456789abcdef' }).faults).toEqual([]);
  });
});

describe('deploy/temporal', () => {
  test('the server has fairness and one partition a queue, as the embedded default has', () => {
    const dynamic = parse(readText('deploy/temporal/dynamicconfig.yaml')) as Record<string, { value: unknown }[]>;
    const embedded = readText('adapters/embedded/parts/temporal.ts');
    // Sizes of caches are another matter: a cluster has machines of its own.
    const settings = [...embedded.matchAll(/'((?:matching|frontend|system)[.]\w+)=([^']+)'/g)];

    expect(dynamic['matching.enableFairness']).toEqual([{ value: true }]);
    expect(settings.length).toBeGreaterThan(0);
    for (const [, name, value] of settings)
      expect([name, dynamic[name ?? '']]).toEqual([name, [{ value: JSON.parse(value ?? '') as unknown }]]);
  });

  test('the namespace has the search attributes that the embedded default has', () => {
    const attributes = [...readText('adapters/embedded/parts/temporal.ts').matchAll(/'(Atelier\w+)'/g)].map((match) => match[1] ?? '');
    const script = readText('deploy/temporal/namespace.sh');

    expect(attributes.length).toBeGreaterThan(0);
    expect(attributes.filter((attribute) => !new RegExp(`\\b${attribute}\\b`).test(script))).toEqual([]);
  });
});
