import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { uuidv7 } from 'uuidv7';
import { createObjectStore } from '../../adapters/storage/object-store';
import { KEYS, useApi } from '../api/support/api';
import { post } from './support/campaigns';
import { endItem, startItems } from './support/work';

const api = useApi();
const defaults = { type: 'image', model: 'image-test' };

/** A campaign whose items with these keys have each made this many files. */
async function made(files: Readonly<Record<string, number>>): Promise<string> {
  const keys = Object.keys(files);
  const { body } = await post(api, { defaults, items: keys.map((key) => ({ key, input: { prompt: 'x' } })), concurrency: 100 });
  await startItems(api, body.id, keys.length);
  const page = await api.database.campaigns.items({ campaignId: body.id, limit: 100 });
  const objects = createObjectStore(api.bucket);
  for (const { index, key, taskId } of page.data) {
    const campaign = (await api.database.campaigns.get(body.id, null))!;
    for (let n = 0; n < files[key]!; n += 1) {
      const id = `asset_${uuidv7().replaceAll('-', '')}`;
      const content = Buffer.from(`${key} ${n}`);
      await objects.put(`results/${id}.png`, content, 'image/png');
      await api.database.assets.insert([
        {
          id,
          teamId: campaign.teamId,
          taskId: taskId!,
          index: n,
          kind: 'image',
          key: `results/${id}.png`,
          thumbnailKey: null,
          contentType: 'image/png',
          bytes: content.length,
          sha256: 'a'.repeat(64),
          width: 8,
          height: 8,
          durationS: null,
          revisedPrompt: null,
          createdAt: new Date(),
        } as never,
      ]);
    }
    await endItem(api, body.id, index, files[key]! === 0 ? 'failed' : 'succeeded');
  }
  objects.close();
  return body.id as string;
}

async function download(id: string, query: string, key = KEYS.site) {
  const response = await fetch(`${api.origin}/v1/campaigns/${id}/results${query}`, { headers: { authorization: `Bearer ${key}` } });
  return { status: response.status, headers: response.headers, bytes: Buffer.from(await response.arrayBuffer()) };
}

/** Names and contents of a ZIP, as another program reads them. */
function unzipped(bytes: Buffer): Record<string, string> {
  const folder = mkdtempSync(join(tmpdir(), 'atelier-zip-'));
  try {
    writeFileSync(join(folder, 'a.zip'), bytes);
    const script = `import zipfile,json\nz=zipfile.ZipFile('a.zip')\nassert z.testzip() is None\nopen('out.json','w').write(json.dumps({i.filename:z.read(i).decode() for i in z.infolist()}))`;
    execFileSync('python3', ['-c', script], { cwd: folder });
    return JSON.parse(readFileSync(join(folder, 'out.json'), 'utf8')) as Record<string, string>;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('results are JSON lines, CSV and a ZIP, with names that every file system takes', async () => {
  const id = await made({ 'sku-1': 2, '../../etc/passwd': 1, '=cmd|calc': 1, SKU: 1, sku: 1, failed: 0 });
  const [lines, csv, zip] = await Promise.all([download(id, ''), download(id, '?format=csv'), download(id, '?format=zip')]);

  expect([lines, csv, zip].map(({ headers }) => headers.get('content-type'))).toEqual([
    'application/x-ndjson',
    'text/csv; charset=utf-8',
    'application/zip',
  ]);
  const items = lines.bytes
    .toString()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(items.map(({ key, status, outputs, text }) => [key, status, outputs.length, text])).toEqual([
    ['sku-1', 'succeeded', 2, null],
    ['../../etc/passwd', 'succeeded', 1, null],
    ['=cmd|calc', 'succeeded', 1, null],
    ['SKU', 'succeeded', 1, null],
    ['sku', 'succeeded', 1, null],
    ['failed', 'failed', 0, null],
  ]);
  expect(unzipped(zip.bytes)).toEqual({
    'sku-1-1.png': 'sku-1 0',
    'sku-1-2.png': 'sku-1 1',
    '_.._.._etc_passwd-1.png': '../../etc/passwd 0',
    '_cmd_calc-1.png': '=cmd|calc 0',
    'SKU-1.png': 'SKU 0',
    'sku-1_2.png': 'sku 0',
  });
  const rows = csv.bytes.toString().split('\r\n');
  expect(rows).toHaveLength(9);
  expect(rows[4]).toMatch(/^"'=cmd\|calc",3,succeeded,1,_cmd_calc-1\.png,image\/png,8,8,,\d+,a{64},http/);
  expect(rows[7]).toMatch(/^failed,6,failed,+task_\w+,provider_unavailable,It is down\.$/);
});

test('names follow a pattern, and a long key leaves room for what tells files apart', async () => {
  const key = `猫${'k'.repeat(200)}`;
  const id = await made({ [key]: 2 });
  const named = unzipped((await download(id, `?format=zip&name=${encodeURIComponent('{index}_{key}-{n}')}`)).bytes);

  expect(Object.keys(named)).toEqual([`1_${key}-1.png`, `1_${key}-2.png`]);
});

test('an unknown placeholder, a foreign campaign and another format are refused', async () => {
  const id = await made({ a: 1 });
  const wrong = await download(id, `?name=${encodeURIComponent('{prompt}')}`);
  const foreign = await download(id, '?format=zip', KEYS.other);
  const format = await download(id, '?format=tar');

  expect([wrong.status, foreign.status, format.status]).toEqual([400, 404, 400]);
  expect(JSON.parse(wrong.bytes.toString()).error.message).toContain('{key}, {n} and {index}');
});
