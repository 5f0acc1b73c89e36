import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { cli, useFolder } from './support/run-cli';

const folder = useFolder();

/** A home whose installation notes what it is asked with. */
async function withHome(name: string, keys: Record<string, string>, work: (home: string, asked: (string | undefined)[]) => Promise<void>) {
  const asked: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    asked.push(request.headers.authorization);
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ object: 'list', data: [], ok: true }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const home = join(folder.path, name);
  mkdirSync(home, { recursive: true });
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  writeFileSync(join(home, 'credentials.json'), JSON.stringify({ base_url: baseUrl, admin_key: 'sk-admin', team: 'sample', keys }));
  try {
    await work(home, asked);
  } finally {
    await new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
  }
}

const COMMANDS = [
  ['up'],
  ['doctor'],
  ['models', 'list'],
  ['ledger', 'verify'],
  ...['secret', 'list', 'show', 'create', 'set'].map((name) => ['teams', name]),
  ...['list', 'create', 'set', 'remove'].map((name) => ['projects', name]),
  ...['list', 'set', 'remove'].map((name) => ['members', name]),
  ...['list', 'show', 'invite', 'set', 'disable', 'reset'].map((name) => ['users', name]),
  ...['create', 'list', 'show', 'set', 'rotate', 'revoke'].map((name) => ['keys', name]),
  ...['check', 'apply', 'export'].map((name) => ['config', name]),
  ...['submit', 'watch', 'get', 'list', 'cancel', 'estimate'].map((name) => ['tasks', name]),
];

test.each(COMMANDS.map((command) => [command.join(' '), command] as const))(
  '%s has help with examples and --json',
  async (_title, command) => {
    const result = await cli([...command, '--help']);

    expect(result.code).toBe(0);
    expect(result.stdout).toContain('Examples:\n  $ atelier ');
    expect(result.stdout).toContain('--json');
  },
);

test('without an installation all three ways to name one are told', async () => {
  const result = await cli(['tasks', 'list', '--json'], { cwd: folder.path });

  expect(result.code).toBe(1);
  expect(result.json().error.code).toBe('not_configured');
  for (const way of ['--base-url', '--key', 'ATELIER_BASE_URL', 'ATELIER_KEY', 'ATELIER_HOME', 'npm start'])
    expect(result.stderr).toContain(way);
});

test('the home gives the production key to commands that generate, the admin key to those that administer', async () => {
  await withHome('home', { production: 'sk-production', test: 'sk-test' }, async (home, asked) => {
    const env = { ATELIER_HOME: home };

    await cli(['models', 'list'], { env });
    await cli(['models', 'list', '--credential', 'test'], { env });
    await cli(['ledger', 'verify'], { env });

    expect(asked).toEqual(['Bearer sk-production', 'Bearer sk-test', 'Bearer sk-admin']);
    const unknown = await cli(['models', 'list', '--credential', 'mine'], { env });
    expect(unknown.code).toBe(1);
    expect(unknown.stderr).toContain('production, test');
  });
});

test("the home's keys do not go to another address", async () => {
  await withHome('stranger', { production: 'sk-production' }, async (home, asked) => {
    const result = await cli(['models', 'list', '--base-url', 'http://127.0.0.1:4/v1'], { env: { ATELIER_HOME: home } });

    expect(result.code).toBe(1);
    expect(result.stderr).toContain('There is no key for http://127.0.0.1:4/v1');
    expect(asked).toEqual([]);
  });
});

test('a configuration with teams of its own leaves no key of a team in the home', async () => {
  await withHome('own-teams', {}, async (home) => {
    const result = await cli(['models', 'list'], { env: { ATELIER_HOME: home } });

    expect(result.code).toBe(1);
    expect(result.stderr).toContain('atelier keys create');
  });
});

test('an installation that is not running: start it', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));

  const result = await cli(['models', 'list', '--base-url', `http://127.0.0.1:${port}/v1`, '--key', 'sk-x', '--json']);

  expect(result.code).toBe(1);
  expect(result.json().error.code).toBe('unreachable');
  expect(result.stderr).toContain('npm start');
});

test('config check works without an installation and reports every fault', async () => {
  const [right, wrong] = [join(folder.path, 'right.yaml'), join(folder.path, 'wrong.yaml')];
  writeFileSync(
    right,
    'providers: [{ name: s, kind: sandbox }]\nmodels: [{ name: m, modality: text, price: free, routes: [{ provider: s, model: m }] }]\n',
  );
  writeFileSync(
    wrong,
    'providers: [{ name: s, kind: openai, api_key: "${NOT_SET}" }]\nmodels: [{ name: m, modality: smell, routes: [{ provider: t, model: m }] }]\n',
  );

  const good = await cli(['config', 'check', right, '--json']);
  expect(good).toMatchObject({ code: 0 });
  expect(good.json()).toEqual({ ok: true, faults: [] });

  const bad = await cli(['config', 'check', '--json'], { env: { ATELIER_CONFIG: wrong } });
  expect(bad.code).toBe(1);
  const paths = bad.json().faults.map((fault: any) => fault.path);
  expect(paths).toEqual(expect.arrayContaining(['providers[0].api_key', 'models[0].modality']));
  expect((await cli(['config', 'check', wrong])).stdout).toContain('NOT_SET');
});

test.each([
  [['tasks', 'submit', '--model', 'm', '--n', 'two'], '--n'],
  [['tasks', 'submit', '--model', 'm', '--budget', '1,5'], '--budget'],
  [['tasks', 'submit', '--model', 'm', '--type', 'image', '--metadata', 'novalue'], 'NAME=VALUE'],
  [['tasks', 'submit', '--model', 'm', '--type', 'image', '--image', 'missing.png'], 'missing.png'],
  [['tasks', 'submit', '--prompt', 'x'], '--model'],
  [['tasks', 'get'], 'task'],
  [['tasks', 'list', '--status', 'gone'], 'succeeded'],
  [['task', 'list'], 'tasks'],
])('a mistake in %j is named', async (args, words) => {
  const result = await cli([...args, '--json'], {
    env: { ATELIER_BASE_URL: 'http://127.0.0.1:9/v1', ATELIER_KEY: 'sk-x' },
    cwd: folder.path,
  });

  expect(result.code).toBe(1);
  expect(result.json().error.code).toBe('usage');
  expect(result.stderr).toContain(words);
});

test('a file that is not there ends in a message, not in a stack', async () => {
  const result = await cli(['config', 'check', 'missing.yaml'], { cwd: folder.path });

  expect(result).toMatchObject({ code: 1, stdout: '' });
  expect(result.stderr).toContain('missing.yaml cannot be read (ENOENT)');
  expect(result.stderr).not.toMatch(/^ +at /m);
});

test('a file that is no text is refused by the place of its byte, and one in UTF-16 is read', async () => {
  const yaml = 'models: []\n# Mütze\n';
  writeFileSync(join(folder.path, 'latin1.yaml'), Buffer.from(yaml, 'latin1'));
  writeFileSync(join(folder.path, 'wide.yaml'), Buffer.from(`\uFEFF${yaml}`, 'utf16le'));
  writeFileSync(join(folder.path, 'marked.yaml'), `\uFEFF${yaml}`);

  const refused = await cli(['config', 'check', 'latin1.yaml', '--json'], { cwd: folder.path });

  expect(refused.code).toBe(1);
  expect(refused.json().error.message).toMatch(/latin1\.yaml is not valid UTF-8: byte 14 .* is 0xFC/);
  for (const name of ['wide.yaml', 'marked.yaml']) {
    expect((await cli(['config', 'check', name, '--json'], { cwd: folder.path })).json()).toEqual({ ok: true, faults: [] });
  }
});
