import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { eventually } from '../support/eventually';
import { cli, startCli, useFolder } from './support/run-cli';
import { useInstallation } from './support/installation';

const installation = useInstallation();
const folder = useFolder();

const run = (...args: string[]) => cli(args, { env: installation.member, cwd: folder.path });
const submit = (...args: string[]) => run('tasks', 'submit', ...args);

beforeEach(() => {
  installation.fake.reset();
  installation.fake.behaviour.videoMs = 0;
});

test('a watched image is saved under the name of its task, with its cost', async () => {
  const result = await submit('--model', 'image', '--prompt', 'A red fox.', '--n', '2', '--watch');

  expect(result.code).toBe(0);
  const id = /task_[0-9a-f]{32}/.exec(result.stdout)?.[0] ?? '';
  expect(readdirSync(join(folder.path, 'atelier-outputs', id)).sort()).toEqual(['0.png', '1.png']);
  const { format } = await sharp(join(folder.path, 'atelier-outputs', id, '0.png')).metadata();
  expect(format).toBe('png');
  expect(result.stdout).toContain(join('atelier-outputs', id, '0.png'));
  expect(result.stdout).toContain('succeeded: 0.04 USD');
  expect(result.stderr).toContain(`${id} succeeded`);
});

test('--json prints the ended task and its files and nothing else on stdout', async () => {
  const result = await submit('--model', 'image', '--prompt', 'A red fox.', '--download', 'images', '--json');

  const task = result.json();
  expect(task).toMatchObject({ object: 'task', status: 'succeeded', cost: { actual: '0.02' } });
  expect(task.files).toEqual([join('images', task.id, '0.png')]);
  expect(result.code).toBe(0);
});

test('a file that is there is kept: the same one is not saved again, another one gets a number', async () => {
  const { id } = (await submit('--model', 'image', '--prompt', 'A red fox.', '--wait', '--json')).json();
  expect(existsSync(join(folder.path, 'kept'))).toBe(false);
  const watch = async () => (await run('tasks', 'watch', id, '--download', 'kept', '--json')).json().files;

  expect(await watch()).toEqual([join('kept', id, '0.png')]);
  expect(await watch()).toEqual([join('kept', id, '0.png')]);
  writeFileSync(join(folder.path, 'kept', id, '0.png'), 'a note of mine');
  expect(await watch()).toEqual([join('kept', id, '0-2.png')]);
  expect(readFileSync(join(folder.path, 'kept', id, '0.png'), 'utf8')).toBe('a note of mine');
});

test('a text task prints its text; parameters given as JSON travel as such', async () => {
  const result = await submit('--model', 'words', '--prompt', 'Say hello.', '--param', 'temperature=0', '--param', 'user=me', '--watch');

  expect(result.code).toBe(0);
  const id = /task_[0-9a-f]{32}/.exec(result.stdout)?.[0] ?? '';
  const task = (await run('tasks', 'get', id, '--json')).json();
  expect(task.params).toMatchObject({ temperature: 0, user: 'me' });
  expect(result.stdout.split('\n')[0]).toBe(task.text.split('\n')[0]);
});

test('all parts of a body come from the options, which win over --file', async () => {
  const image = join(folder.path, 'fox.png');
  await sharp({ create: { width: 64, height: 64, channels: 3, background: 'red' } })
    .png()
    .toFile(image);
  writeFileSync(join(folder.path, 'body.json'), JSON.stringify({ model: 'image', input: { prompt: 'Old.' }, output: { n: 2, seed: 1 } }));

  const options = [
    '--file',
    'body.json',
    '--prompt',
    'New.',
    '--image',
    'fox.png',
    '--seed',
    '0',
    '--external-id',
    'sku-1',
    '--metadata',
    'n=7',
  ];
  const result = await submit(...options, '--size', '512x512', '--output', 'quality=high', '--budget', '0.5', '--json');

  const task = result.json();
  expect(task).toMatchObject({
    type: 'image',
    input: { prompt: 'New.', images: [{ role: 'reference' }] },
    output: { n: 2, seed: 0, size: '512x512', quality: 'high' },
    external_id: 'sku-1',
    metadata: { n: '7' },
  });
  expect(task.input.images[0].asset_id).toMatch(/^asset_/);
});

test('the same idempotency key finds the same task', async () => {
  const once = () => submit('--model', 'image', '--prompt', 'A fox only once.', '--idempotency-key', 'order-17', '--wait', '--json');

  const [first, second] = [await once(), await once()];

  expect(second.json().id).toBe(first.json().id);
  expect(installation.fake.requests.filter(({ prompt }) => prompt === 'A fox only once.')).toHaveLength(1);
});

test('a task that fails ends with exit code 1 and says why in words', async () => {
  installation.fake.script('up-image', [{ status: 400, code: 'moderation_blocked', message: 'Not this one.' }]);

  const result = await submit('--model', 'image', '--prompt', 'A red fox.', '--watch', '--json');

  expect(result.code).toBe(1);
  expect(result.json()).toMatchObject({ status: 'failed', files: [] });
  expect(result.stderr).toContain(`failed: ${String(result.json().error.message)}`);
  expect(result.stderr).toContain('Not this one.');
});

test('watching goes on by itself after the api was killed and started again', async () => {
  installation.fake.behaviour.videoMs = 5_000;
  const { id } = (await submit('--model', 'video', '--prompt', 'Steam.', '--duration', '4', '--json')).json();
  const watching = startCli(['tasks', 'watch', id, '--json'], { env: installation.member, cwd: folder.path });
  await eventually(() => watching.stderr().includes(`${String(id)} `), { withinMs: 20_000 });

  await installation.atelier.kill('api');
  await eventually(() => watching.stderr().includes('the connection was lost'), { withinMs: 20_000 });
  await installation.atelier.restart('api');

  const result = await watching.result;
  expect(result.json()).toMatchObject({ id, status: 'succeeded', cost: { actual: '0.04' } });
  expect(result.json().files).toEqual([join('atelier-outputs', id, '0.mp4')]);
  expect(result.code).toBe(0);
}, 120_000);

test('Ctrl-C stops watching, not the work', async () => {
  installation.fake.behaviour.videoMs = 60_000;
  const { id } = (await submit('--model', 'video', '--prompt', 'Steam.', '--duration', '4', '--json')).json();
  const watching = startCli(['tasks', 'watch', id], { env: installation.member, cwd: folder.path });
  await eventually(() => watching.stderr().includes(`${String(id)} `), { withinMs: 20_000 });

  watching.child.kill('SIGINT');
  const result = await watching.result;

  expect(result.code).toBe(130);
  expect(result.stderr).toContain(`atelier tasks watch ${String(id)}`);
  const cancelled = await run('tasks', 'cancel', id, '--json');
  expect(cancelled.code).toBe(0);
  await eventually(async () => (await run('tasks', 'get', id, '--json')).json().status === 'cancelled', { withinMs: 20_000 });
}, 120_000);

test('the list is filtered, and goes over pages', async () => {
  for (let count = 0; count < 3; count += 1)
    await submit('--model', 'image', '--prompt', 'A red fox.', '--external-id', `row-${count}`, '--wait');

  const one = (await run('tasks', 'list', '--external-id', 'row-1', '--json')).json();
  expect(one.data.map((task: any) => task.external_id)).toEqual(['row-1']);
  const page = (await run('tasks', 'list', '--model', 'image', '--limit', '2', '--json')).json();
  expect(page).toMatchObject({ object: 'list', has_more: true, last_id: page.data[1].id });
  const next = (await run('tasks', 'list', '--model', 'image', '--limit', '1', '--after', page.last_id, '--json')).json();
  expect(next.data[0].external_id).toBe('row-0');
  const shown = (await run('tasks', 'list', '--status', 'succeeded', '--limit', '1')).stdout.split('\n');
  expect(shown[0]).toMatch(/^ID +TYPE +MODEL +STATUS +DONE +COST/);
  expect(shown[1]).toMatch(/^task_\w+ +image +image +succeeded +100 % +0\.02 USD/);
});

test('an estimate stores nothing', async () => {
  const stdin = JSON.stringify({ type: 'video', model: 'video', input: { prompt: 'Steam.' }, external_id: 'never' });
  const args = ['tasks', 'estimate', '--file', '-', '--duration', '4', '--json'];
  const result = await cli(args, { env: installation.member, cwd: folder.path, stdin });

  expect(result.json()).toMatchObject({ type: 'video', cost: { reserved: '0.04' } });
  expect((await run('tasks', 'list', '--external-id', 'never', '--json')).json().data).toEqual([]);
});

test('a refusal carries the words, code, parameter and request id of the API', async () => {
  const result = await submit('--model', 'image', '--prompt', 'A red fox.', '--size', 'huge', '--json');

  expect(result.code).toBe(1);
  expect(result.json().error).toMatchObject({ code: 'invalid_value', status: 400, param: 'output.size' });
  expect(result.json().error.request_id).toMatch(/^req_/);
  expect(result.stderr).toContain('output.size');
  expect(result.stderr).toContain(result.json().error.request_id);
});

test('a foreign id is told before anything is watched', async () => {
  const result = await run('tasks', 'watch', `task_${'0'.repeat(32)}`);

  expect(result).toMatchObject({ code: 1, stdout: '' });
  expect(result.stderr).toContain('not_found');
});

test('files of the library are uploaded, found, tagged, saved one by one or as a ZIP, and deleted', async () => {
  const assets = (...args: string[]) => run('assets', ...args);
  const png = await sharp({ create: { width: 64, height: 64, channels: 3, background: '#c33' } })
    .png()
    .toBuffer();
  writeFileSync(join(folder.path, 'tin.png'), png);

  const uploaded = (await assets('upload', 'tin.png', '--tags', 'hero,draft', '--json')).json();
  expect(uploaded).toMatchObject({ object: 'asset', name: 'tin.png', tags: ['hero', 'draft'] });
  const tagged = await assets('tag', uploaded.id, '--remove', 'draft', '--add', 'print', '--name', 'Tin on oak', '--favourite');
  expect(tagged.stdout).toMatch(/★ image +64x64 +\d+ +Tin on oak +hero, print/);
  expect((await assets('list', '--q', 'oak', '--tag', 'print', '--favourite', '--json')).json().data).toMatchObject([{ id: uploaded.id }]);
  expect((await assets('show', uploaded.id)).stdout).toContain('Tin on oak');

  expect((await assets('download', uploaded.id, '--out', 'copy.png')).code).toBe(0);
  expect(readFileSync(join(folder.path, 'copy.png')).equals(png)).toBe(true);
  expect((await assets('download', uploaded.id, '--format', 'webp', '--json')).json()).toEqual({
    id: uploaded.id,
    file: `${uploaded.id}.webp`,
  });
  expect((await assets('archive', uploaded.id, '--out', 'all.zip')).code).toBe(0);
  expect(readFileSync(join(folder.path, 'all.zip')).subarray(0, 2).toString()).toBe('PK');

  expect((await assets('delete', uploaded.id)).code).toBe(0);
  expect((await assets('show', uploaded.id)).code).toBe(1);
  expect((await assets('tag', uploaded.id)).stderr).toContain('--add');
});

test('tasks are listed by words of their prompts and facts of their runs, and saved as CSV', async () => {
  const { id } = (
    await submit('--model', 'image', '--prompt', 'Persimmons on slate.', '--metadata', 'shoot=autumn', '--wait', '--json')
  ).json();
  const found = await run(
    'tasks',
    'list',
    '--q',
    'persimmon slate',
    '--status',
    'succeeded,failed',
    '--metadata',
    'shoot=autumn',
    '--json',
  );
  expect(found.json().data).toMatchObject([{ id }]);
  expect((await run('tasks', 'list', '--q', 'persimmon', '--fallback')).stdout).toContain('No tasks.');
  expect((await run('tasks', 'list', '--q', 'persimmon', '--csv', 'tasks.csv')).code).toBe(0);
  expect(readFileSync(join(folder.path, 'tasks.csv'), 'utf8')).toMatch(
    new RegExp(`^id,.*\r\n${String(id)},.*Persimmons on slate\\.\r\n$`, 's'),
  );
});
