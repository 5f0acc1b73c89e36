import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cli, useFolder } from './support/run-cli';
import { useInstallation } from './support/installation';

const installation = useInstallation();
const folder = useFolder();

const run = (...args: string[]) => cli(['batches', ...args], { env: installation.member, cwd: folder.path });

beforeEach(() => installation.fake.reset());

const CHAT = '/v1/chat/completions';

function fileOf(name: string, bodies: readonly object[]): string {
  const lines = bodies.map((body, index) => JSON.stringify({ custom_id: `line-${index}`, method: 'POST', url: CHAT, body }));
  writeFileSync(join(folder.path, name), lines.join('\n'));
  return name;
}

const chat = (text: string): object => ({ model: 'words', messages: [{ role: 'user', content: text }] });

test('a batch is created from a file and waited for, then shown, listed and saved', async () => {
  const created = await run('create', fileOf('chats.jsonl', [chat('One.'), chat('Two.')]), '--endpoint', CHAT, '--budget', '1', '--wait');

  expect(created.code).toBe(0);
  expect(created.stdout).toContain('completed: 2/2 done');
  const id = /batch_[0-9a-f]{32}/.exec(created.stdout)?.[0] ?? '';
  expect((await run('show', id, '--json')).json()).toMatchObject({ id, status: 'completed', budget: { max_cost_usd: '1' } });
  expect((await run('list')).stdout).toMatch(new RegExp(`${id} +${CHAT} +completed +2/2`));
  const saved = await run('results', id, '--out', 'answers', '--json');
  expect([saved.code, saved.json()]).toEqual([0, { batch: id, output: join('answers', 'output.jsonl'), errors: null }]);
  expect(
    readFileSync(join(folder.path, 'answers', 'output.jsonl'), 'utf8')
      .trimEnd()
      .split('\n'),
  ).toHaveLength(2);
}, 60_000);

test('a file with faults is told line by line, with exit code 1', async () => {
  const path = fileOf('bad.jsonl', [chat('One.'), { model: 'nobody', messages: [] }]);
  const result = await run('create', path, '--endpoint', CHAT, '--wait');

  expect(result.code).toBe(1);
  expect(result.stdout).toMatch(/line 2 \(body\.messages\): /);
  const id = /batch_[0-9a-f]{32}/.exec(result.stdout)?.[0] ?? '';
  const none = await run('results', id);
  expect([none.code, none.stderr]).toEqual([1, expect.stringContaining('is failed and has no files')]);
}, 60_000);

test('a batch is cancelled, and a file that is not there is told', async () => {
  installation.fake.behaviour.thinkMs = 30_000;
  const { id } = (await run('create', fileOf('slow.jsonl', [chat('One.')]), '--endpoint', CHAT, '--json')).json();
  const cancelled = await run('cancel', id);
  const missing = await run('create', 'nowhere.jsonl', '--endpoint', CHAT);

  expect(cancelled.stdout).toMatch(/cancell(ing|ed)/);
  expect([missing.code, missing.stderr]).toEqual([1, expect.stringContaining('nowhere.jsonl cannot be read (ENOENT)')]);
}, 60_000);
