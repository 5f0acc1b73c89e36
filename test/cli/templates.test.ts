import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { useInstallation } from './support/installation';
import { cli, useFolder } from './support/run-cli';

const installation = useInstallation();
const folder = useFolder();

const run = (...args: string[]) => cli(['templates', ...args], { env: installation.member, cwd: folder.path });

const YAML = `# A product on a table
name: product-shot
type: image
inputs:
  product: { type: string, required: true }
  count: { type: integer, min: 1, max: 4, default: 1 }
  photo: { type: image, role: subject }
model: image
prompt: "A {{product}}, calm light"
output: { n: "{{count}}" }
overridable: [output.size]
`;

test('a template goes from a file to an image, and into a file again', async () => {
  writeFileSync(join(folder.path, 'shot.yaml'), YAML);
  writeFileSync(
    join(folder.path, 'mug.png'),
    await sharp({ create: { width: 64, height: 64, channels: 3, background: '#c33' } })
      .png()
      .toBuffer(),
  );

  const created = await run('create', 'shot.yaml', '--publish');
  expect([created.code, created.stdout.trim()]).toEqual([0, 'product-shot@1 published']);

  expect((await run('list')).stdout).toMatch(/product-shot +image +published +1 +1 +sample +product,count,photo/);
  const shown = await run('show', 'product-shot');
  expect(shown.stdout).toContain('A {{product}}, calm light');
  expect(shown.stdout).toMatch(/count +integer +no +1 +from 1 to 4/);

  const rendered = await run(
    'render',
    'product-shot',
    '--input',
    'product=red mug',
    '--input',
    'count=2',
    '--set',
    'output.size=512x512',
    '--json',
  );
  expect(rendered.json()).toMatchObject({
    template: { name: 'product-shot', version: 1 },
    task: { input: { prompt: 'A red mug, calm light' }, output: { n: 2, size: '512x512' } },
    cost: { estimated: '0.04' },
  });
  const wrong = await run('render', 'product-shot', '--input', 'product=mug', '--input', 'count=many');
  expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining('The input count must be a whole number, not "many".')]);

  const made = await run('run', 'product-shot', '--input', 'product=red mug', '--input', 'photo=mug.png', '--wait', '--json');
  expect(made.json()).toMatchObject({
    status: 'succeeded',
    template: { name: 'product-shot', version: 1 },
    input: { prompt: 'A red mug, calm light', images: [{ role: 'subject' }] },
  });

  expect((await run('export', 'product-shot', '--out', 'out.yaml')).code).toBe(0);
  expect(readFileSync(join(folder.path, 'out.yaml'), 'utf8')).toContain('prompt: A {{product}}, calm light');
  expect((await run('import', 'out.yaml')).stdout.trim()).toBe('product-shot@2 published');
  expect((await run('publish', 'product-shot@2')).stdout.trim()).toBe('✓ product-shot@2 is published.');
  expect((await run('archive', 'product-shot')).stdout.trim()).toBe('✓ product-shot is archived.');
  const refused = await run('run', 'product-shot', '--input', 'product=mug', '--json');
  expect([refused.code, refused.json().error.code]).toEqual([1, 'template_state']);
}, 120_000);
