import { PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { ZipFile } from 'yazl';
import { useApi } from '../api/support/api';
import { postForm } from './support/campaigns';

const api = useApi();
const campaign = { defaults: { type: 'image', model: 'image-test' } };
const HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>';
const MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"';
const TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

interface Book {
  /** The XML of rows, by the name of the sheet. */
  readonly sheets: Readonly<Record<string, string>>;
  readonly strings?: readonly string[];
  /** XML behind the rows of every sheet. */
  readonly behind?: string;
}

/** A workbook as Excel writes it: style 1 shows dates, style 2 a date with time in a format of its own. */
async function workbook({ sheets, strings = [], behind = '' }: Book, more: Readonly<Record<string, Buffer>> = {}): Promise<Buffer> {
  const names = Object.keys(sheets);
  const files: Record<string, string> = {
    'xl/workbook.xml': `${HEAD}<workbook ${MAIN} xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>${names
      .map((name, at) => `<sheet name="${name}" sheetId="${at + 1}" r:id="rId${at + 1}"/>`)
      .join('')}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `${HEAD}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${names
      .map((_name, at) => `<Relationship Id="rId${at + 1}" Type="worksheet" Target="worksheets/sheet${at + 1}.xml"/>`)
      .join('')}</Relationships>`,
    'xl/styles.xml': `${HEAD}<styleSheet ${MAIN}><numFmts><numFmt numFmtId="164" formatCode="dd/mm/yyyy\\ hh:mm"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/></cellXfs></styleSheet>`,
    'xl/sharedStrings.xml': `${HEAD}<sst ${MAIN}>${strings.map((text) => `<si>${text}</si>`).join('')}</sst>`,
  };
  for (const [at, name] of names.entries()) {
    files[`xl/worksheets/sheet${at + 1}.xml`] = `${HEAD}<worksheet ${MAIN}><sheetData>${sheets[name]}</sheetData>${behind}</worksheet>`;
  }
  const zip = new ZipFile();
  for (const [name, text] of Object.entries(files)) zip.addBuffer(more[name] ?? Buffer.from(text), name);
  zip.end();
  return buffer(zip.outputStream.pipe(new PassThrough()));
}

const text = (value: string) => `<c t="inlineStr"><is><t>${value}</t></is></c>`;

function send(bytes: Buffer, more: object = {}, name = 'items.xlsx', type = TYPE) {
  return postForm(api, { items: new File([new Uint8Array(bytes)], name, { type }), campaign: JSON.stringify({ ...campaign, ...more }) });
}

const stored = (id: string): Promise<readonly any[]> => api.database.campaigns.nextItems(id, 100);

test('a workbook is a campaign: shared texts, values of formulas, numbers, truth values, dates as ISO text', async () => {
  const rows = `
    <row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="s"><v>2</v></c>${text('metadata.day')}${text('metadata.at')}${text('metadata.ok')}</row>
    <row r="3"><c r="A3" t="str"><f>"sku-"&amp;1</f><v>sku-1</v></c><c r="B3" t="s"><v>3</v></c><c r="C3"><v>7</v></c><c r="D3" s="1"><v>46355</v></c><c r="E3" s="2"><v>46355.75</v></c><c r="F3" t="b"><v>1</v></c></row>
    <row r="4"><c r="B4" t="s"><v>4</v></c></row>`;
  const strings = [
    '<t>key</t>',
    '<r><t>input.</t></r><r><rPr/><t>prompt</t></r>',
    '<t>output.seed</t>',
    '<t>红色的水壶_x000A_ &amp; steam</t><rPh><t>hong</t></rPh>',
    '<t>y</t>',
  ];
  const { status, body } = await send(await workbook({ sheets: { Items: rows, Other: '' }, strings }));

  expect([status, body.counts?.total]).toEqual([202, 2]);
  const [first, second] = await stored(body.id);
  expect(first).toMatchObject({
    key: 'sku-1',
    input: { prompt: '红色的水壶\n & steam', output: { seed: 7 } },
    metadata: { day: '2026-11-29', at: '2026-11-29T18:00:00', ok: 'true' },
  });
  expect(second).toMatchObject({ key: '2', input: { prompt: 'y' } });
});

test('a sheet is chosen by its name', async () => {
  const sheets = { Notes: `<row>${text('nothing')}</row>`, Spring: `<row>${text('input.prompt')}</row><row>${text('x')}</row>` };
  const chosen = await send(await workbook({ sheets }), { sheet: 'Spring' });
  const missing = await send(await workbook({ sheets }), { sheet: 'Summer' });

  expect(chosen.status).toBe(202);
  expect(missing.body.error.message).toContain('no sheet "Summer". It has "Notes", "Spring".');
});

test('errors, formulas without a value and bad cells are named with row and column', async () => {
  const rows = `<row r="1">${text('key')}${text('input.prompt')}${text('output.seed')}</row>
    <row r="5"><c r="A5"/><c r="B5" t="e"><f>A1/0</f><v>#DIV/0!</v></c><c r="C5"><f>RAND()</f></c></row>
    <row r="6">${text('k')}${text('x')}${text('many')}</row>`;
  const { status, body } = await send(await workbook({ sheets: { A: rows } }));

  expect([status, body.error.code]).toEqual([400, 'invalid_campaign_items']);
  expect(body.error.details.map(({ line, column, message }: any) => [line, column, message])).toEqual([
    [5, 'input.prompt', 'The cell B5 holds the error #DIV/0!. Mend its formula, or write the value.'],
    [5, 'output.seed', 'The formula in C5 has no stored value. Open the workbook in Excel, save it and send it again.'],
    [6, 'output.seed', '"many" is not a number. Write it like 7 or 0.5.'],
  ]);
});

/** Says that it unpacks to a little and unpacks to a lot, or says it openly. */
const bomb = () =>
  Buffer.concat([Buffer.from(`${HEAD}<sst ${MAIN}><si><t>`), Buffer.alloc(64 * 1024 * 1024, 0x20), Buffer.from('</t></si></sst>')]);

test.each([
  ['that is a zip bomb', async () => workbook({ sheets: { A: '' } }, { 'xl/sharedStrings.xml': bomb() }), 'unpacks to more than'],
  [
    'with merged cells',
    async () =>
      workbook({ sheets: { A: `<row>${text('input.prompt')}</row>` }, behind: '<mergeCells><mergeCell ref="A2:A5"/></mergeCells>' }),
    'A2:A5 are merged',
  ],
  ['that is cut off', async () => (await workbook({ sheets: { A: '' } })).subarray(0, 500), 'not a whole Excel workbook'],
  ['that is no XML inside', async () => workbook({ sheets: { A: '<row><c>' } }), 'not a whole Excel workbook'],
  ['that is text', async () => Buffer.from('key,input.prompt\n'), 'not a whole Excel workbook'],
  ['in the old format', async () => Buffer.from('d0cf11e0a1b11ae1', 'hex'), 'old .xls format'],
  ['without rows', async () => workbook({ sheets: { A: '' } }), 'The file is empty'],
])('a workbook %s is refused in words, and nothing is stored', async (_what, make, words) => {
  const before = await api.call('GET', '/v1/campaigns?limit=1');
  const { status, body } = await send(await make());

  expect([status, body.error.code]).toEqual([400, 'invalid_campaign_items']);
  expect(body.error.message).toContain(words);
  expect((await api.call('GET', '/v1/campaigns?limit=1')).body.first_id).toBe(before.body.first_id);
});

test('a sheet and a delimiter are refused where they mean nothing', async () => {
  const wrongSheet = await postForm(api, {
    items: new File(['input.prompt\nx'], 'a.csv'),
    campaign: JSON.stringify({ ...campaign, sheet: 'A' }),
  });
  const wrongDelimiter = await send(await workbook({ sheets: { A: '' } }), { delimiter: ';' });

  expect([wrongSheet.body.error.param, wrongDelimiter.body.error.param]).toEqual(['sheet', 'delimiter']);
});
