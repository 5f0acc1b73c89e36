import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { tableOfRows } from '../../src/lib/table';
import { sheetOf } from '../../src/lib/workbook';
import { openZip } from '../../src/lib/zip';

const bufferOf = (bytes: Buffer): ArrayBuffer => new Uint8Array(bytes).buffer;

/** A ZIP file of parts, as any program writes it. */
function zipOf(parts: Readonly<Record<string, string>>): Buffer {
  const locals: Buffer[] = [];
  const centrals: Buffer[] = [];
  let at = 0;
  for (const [name, text] of Object.entries(parts)) {
    const packed = deflateRawSync(Buffer.from(text));
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(8, 8);
    local.writeUInt16LE(Buffer.byteLength(name), 26);
    const central = Buffer.alloc(46);
    central.writeUInt32LE(0x02014b50, 0);
    central.writeUInt16LE(8, 10);
    central.writeUInt32LE(packed.length, 20);
    central.writeUInt16LE(Buffer.byteLength(name), 28);
    central.writeUInt32LE(at, 42);
    locals.push(local, Buffer.from(name), packed);
    centrals.push(central, Buffer.from(name));
    at += 30 + Buffer.byteLength(name) + packed.length;
  }
  const directory = Buffer.concat(centrals);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(Object.keys(parts).length, 10);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...locals, directory, end]);
}

const workbookOf = (sheet: string, more: Readonly<Record<string, string>> = {}): ArrayBuffer =>
  bufferOf(
    zipOf({
      'xl/workbook.xml': '<workbook><sheets><sheet name="One" sheetId="1" r:id="rId1"/></sheets></workbook>',
      'xl/_rels/workbook.xml.rels': '<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/></Relationships>',
      'xl/worksheets/sheet1.xml': `<worksheet><sheetData>${sheet}</sheetData></worksheet>`,
      ...more,
    }),
  );

test('a workbook of openpyxl is read: the first sheet in sight, dates, sums without noise, truth, lines in a cell', async () => {
  const sheet = await sheetOf(bufferOf(readFileSync(join(__dirname, '..', 'fixtures', 'sheet.xlsx'))));

  expect([sheet.name, sheet.count]).toEqual(['商品', 2]);
  expect(tableOfRows(sheet.rows)).toEqual({
    titles: ['sku', 'prompt', 'when', 'price', 'ok', 'note'],
    rows: [
      ['A1', '茉莉花茶 <罐> & "cup"', '2026-11-29', '0.3', 'TRUE', ''],
      // Line breaks stay; a formula that was never calculated is empty.
      ['A2', 'line one\nline two', '2026-11-29 10:30:00', '12', 'FALSE', ''],
    ],
  });
});

test('texts in runs are joined without how they are pronounced, gaps keep their columns, prefixes of names are no matter', async () => {
  const sheet = await sheetOf(
    workbookOf(
      '<x:row r="1"><x:c r="A1" t="s"><x:v>0</x:v></x:c><x:c r="C1" t="inlineStr"><x:is><x:t>c &#x4E2D;</x:t></x:is></x:c></x:row>' +
        '<x:row r="3"><x:c r="B3" t="str"><x:f>1+1</x:f><x:v>two</x:v></x:c><x:c r="C3" t="e"><x:v>#N/A</x:v></x:c></x:row>',
      {
        'xl/sharedStrings.xml':
          '<sst><si><r><t>tea </t></r><r><t xml:space="preserve">tin</t></r><rPh sb="0" eb="1"><t>cha</t></rPh></si></sst>',
      },
    ),
  );

  expect(sheet.rows).toEqual([['tea tin', '', 'c 中'], [], ['', 'two', '#N/A']]);
});

test('what is no workbook, is cut short, or has more rows than may be read is refused', async () => {
  const whole = Buffer.from(workbookOf('<row r="1"><c r="A1"><v>1</v></c></row>'));

  await expect(sheetOf(bufferOf(Buffer.from('sku,prompt\nA1,tin, and some more text')))).rejects.toMatchObject({ reason: 'broken' });
  await expect(sheetOf(bufferOf(whole.subarray(60)))).rejects.toMatchObject({ reason: 'broken' });
  await expect(sheetOf(bufferOf(zipOf({ 'a.txt': 'a' })))).rejects.toMatchObject({ reason: 'broken' });
  await expect(sheetOf(workbookOf('<row r="100001"><c r="A100001"><v>1</v></c></row>'))).rejects.toMatchObject({ reason: 'large' });
});

test('a part that unpacks to more than its bound is given up, and all parts share one bound', async () => {
  const bytes = new Uint8Array(zipOf({ bomb: '0'.repeat(5_000_000), small: '0'.repeat(600) }));

  await expect(openZip(bytes, 1_000)('bomb')).rejects.toMatchObject({ reason: 'large' });
  const part = openZip(bytes, 1_000);
  expect(await part('small')).toHaveLength(600);
  await expect(part('small')).rejects.toMatchObject({ reason: 'large' });
  expect(await part('nothing')).toBeNull();
});
