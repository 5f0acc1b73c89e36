import { useApi } from '../api/support/api';
import { itemsOf, postForm } from './support/campaigns';

const api = useApi();
const campaign = { defaults: { type: 'image', model: 'image-test' } };

/** Sends a CSV file; `type` is the content type of its part. */
function send(file: string | Uint8Array, more: object = {}, type = 'text/csv', name = 'items.csv') {
  const bytes = typeof file === 'string' ? file : new Uint8Array(file);
  return postForm(api, { items: new File([bytes], name, { type }), campaign: JSON.stringify({ ...campaign, ...more }) });
}

async function stored(id: string): Promise<readonly any[]> {
  return api.database.campaigns.nextItems(id, 100);
}

/** The faults of a file that is refused; nothing of it is stored. */
async function faultsOf(file: string | Uint8Array, more: object = {}, type?: string): Promise<readonly any[]> {
  const before = await api.call('GET', '/v1/campaigns?limit=1');
  const answer = await send(file, more, type);
  expect([answer.status, answer.body.error.code]).toEqual([400, 'invalid_campaign_items']);
  expect((await api.call('GET', '/v1/campaigns?limit=1')).body.first_id).toBe(before.body.first_id);
  return answer.body.error.details;
}

test('a CSV file is a campaign: dotted columns, typed cells, quotes over lines, empty cells take the defaults', async () => {
  const file = [
    'key,input.prompt,output.seed,output.n,metadata.shop,input.images',
    'sku-1,"A kettle, red\nwith ""steam""",7,2,a,https://93.184.215.14/1.png',
    '',
    'sku-2,A pan 12" wide,,,,',
  ].join('\r\n');
  const { status, body } = await send(file, { defaults: { ...campaign.defaults, output: { seed: 1 } } });

  expect([status, body.counts.total, body.cost.estimated]).toEqual([202, 2, '0.06']);
  const [first, second] = await stored(body.id);
  expect(first).toMatchObject({
    key: 'sku-1',
    metadata: { shop: 'a' },
    input: {
      prompt: 'A kettle, red\nwith "steam"',
      output: { seed: 7, n: 2 },
      images: [{ source: { url: 'https://93.184.215.14/1.png' } }],
    },
  });
  expect(second).toMatchObject({ key: 'sku-2', input: { prompt: 'A pan 12" wide', output: { seed: 1 } } });
});

test.each([
  ['commas', ',', {}],
  ['semicolons', ';', {}],
  ['tabs', '\t', {}],
  ['bars', '|', {}],
  ['a declared delimiter', '|', { delimiter: '|' }],
])('cells are told apart by %s', async (_what, delimiter, more) => {
  const { status, body } = await send(`key${delimiter}"input.prompt"\nk${delimiter}"a,b;c|d"\n`, more);

  expect(status).toBe(202);
  expect((await stored(body.id))[0]).toMatchObject({ key: 'k', input: { prompt: 'a,b;c|d' } });
});

const TEXT = 'key,input.prompt\n水壶,红色的水壶 ß\n';
const GBK = Buffer.concat([Buffer.from('key,input.prompt\n'), Buffer.from('cbaebaf8', 'hex'), Buffer.from(',x\n')]);

test.each([
  ['UTF-8', Buffer.from(TEXT), 'text/csv', '水壶'],
  ['UTF-8 with a byte order mark', Buffer.from(`\uFEFF${TEXT}`), 'text/csv', '水壶'],
  ['UTF-16, little-endian', Buffer.from(`\uFEFF${TEXT}`, 'utf16le'), 'text/csv', '水壶'],
  ['UTF-16, big-endian', Buffer.from(`\uFEFF${TEXT}`, 'utf16le').swap16(), 'text/csv', '水壶'],
  ['GBK', GBK, 'text/csv; charset=gbk', '水壶'],
  ['GB18030', GBK, 'text/csv; charset="GB18030"', '水壶'],
  ['UTF-8 although GBK was declared, by its mark', Buffer.from(`\uFEFF${TEXT}`), 'text/csv; charset=gbk', '水壶'],
])('a file in %s is read', async (_what, bytes, type, key) => {
  const { status, body } = await send(bytes, {}, type);

  expect(status).toBe(202);
  expect((await itemsOf(api, body.id))[0].key).toBe(key);
});

test('a mapping renames columns and leaves some out', async () => {
  const file = 'Product,Notes,Seed\nA kettle,nice,3\n';
  const { status, body } = await send(file, { mapping: { Product: 'input.prompt', Seed: 'output.seed', Notes: null } });

  expect(status).toBe(202);
  expect((await stored(body.id))[0]).toMatchObject({ key: '1', input: { prompt: 'A kettle', output: { seed: 3 } } });
});

test('every bad cell is named with line and column, in words', async () => {
  const faults = await faultsOf(
    'key,input.prompt,output.seed,output.n\nok,x,1,1\nbad,x,seven,1.5\nlong,"a\nb",,9\nempty,,1,\nok,y,,\nf,=A1&B1,,\nwide,x,1,1,more\n',
  );

  expect(faults.map(({ index, key, line, column, param }) => [index, key, line, column, param])).toEqual([
    [2, 'bad', 3, 'output.seed', 'output.seed'],
    [2, 'bad', 3, 'output.n', 'output.n'],
    [3, 'long', 4, 'output.n', 'output.n'],
    [4, 'empty', 6, 'input.prompt', 'input.prompt'],
    [5, 'ok', 7, 'key', 'key'],
    [6, 'f', 8, 'input.prompt', 'input.prompt'],
    [7, 'wide', 9, '', ''],
  ]);
  expect(faults.map(({ message }) => message)).toEqual([
    '"seven" is not a number. Write it like 7 or 0.5.',
    '"1.5" is not a whole number.',
    expect.stringContaining('4'),
    'The cell is empty, and input.prompt is required.',
    expect.stringContaining('not unique'),
    expect.stringContaining('the formula "=A1&B1"'),
    expect.stringContaining('5 cells'),
  ]);
});

test('one missing input on line 812 is found', async () => {
  const rows = Array.from({ length: 1_000 }, (_, index) => `k${index},${index === 810 ? '' : 'x'}`);

  const faults = await faultsOf(['key,input.prompt', ...rows].join('\n'));

  expect(faults).toEqual([
    {
      index: 811,
      key: 'k810',
      line: 812,
      column: 'input.prompt',
      param: 'input.prompt',
      message: 'The cell is empty, and input.prompt is required.',
    },
  ]);
});

test.each([
  ['nothing at all', '', {}, null, null, 'The file is empty.'],
  ['a header alone', 'key,input.prompt\n', {}, null, null, 'no rows'],
  ['an unknown column', 'key,input.promt\nk,x\n', {}, 1, 'input.promt', 'Did you mean input.prompt?'],
  ['a column of another type', 'input.prompt,output.duration_s\nx,5\n', {}, 1, 'output.duration_s', 'Unknown column'],
  ['a column twice', 'input.prompt,input.prompt\nx,y\n', {}, 1, 'input.prompt', 'as the column'],
  [
    'a mapping of a column that is not there',
    'input.prompt\nx\n',
    { mapping: { Prompt: 'input.prompt' } },
    1,
    'Prompt',
    'which the file has not',
  ],
  ['a quote that is never closed', 'input.prompt\nx\n"y\nz\n', {}, 3, null, 'never closed'],
  ['bytes that are no UTF-8', GBK, {}, 2, null, 'charset=gb18030'],
  ['UTF-16 without a mark', Buffer.from('input.prompt\nx\n', 'utf16le'), {}, 1, null, 'UTF-16'],
  ['an Excel workbook with the wrong name', Buffer.from('PK\x03\x04aaaaaaaaaaaaaaa'), {}, null, null, '.xlsx'],
])('a file with %s is refused in words', async (_what, file, more, line, column, words) => {
  const faults = await faultsOf(file, more);

  expect(faults).toHaveLength(1);
  expect([faults[0].index, faults[0].line, faults[0].column]).toEqual([null, line, column]);
  expect(faults[0].message).toContain(words);
});

test('a mapping without a spreadsheet is refused', async () => {
  const answer = await postForm(api, {
    campaign: JSON.stringify({ ...campaign, mapping: { a: 'key' } }),
    items: '{"input":{"prompt":"x"}}',
  });

  expect([answer.status, answer.body.error.code, answer.body.error.param]).toEqual([400, 'invalid_value', 'mapping']);
});

test('text that was neutralised for a spreadsheet is itself again', async () => {
  const { body } = await send(`input.prompt\n'=1+1\n-5 degrees\n'quoted'\n`);

  expect((await stored(body.id)).map(({ input }) => input.prompt)).toEqual(['=1+1', '-5 degrees', "'quoted'"]);
});
