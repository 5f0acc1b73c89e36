import fc from 'fast-check';
import { csv } from '../../domain/csv';
import { extensionOf, fileName } from '../../domain/file-name';

describe('a CSV', () => {
  test.each([
    ['=1+1', `"'=1+1"`],
    ['+1', `"'+1"`],
    ['-1', `"'-1"`],
    ['@SUM(A1)', `"'@SUM(A1)"`],
    ['\t=1', `"'\t=1"`],
    ['\r=1', `"'\r=1"`],
    ['\n=1', `"'\n=1"`],
    ['＝1', `"'＝1"`],
    ['=HYPERLINK("x","y")', `"'=HYPERLINK(""x"",""y"")"`],
    ['a=1', 'a=1'],
    ['a,b', '"a,b"'],
    ['say "x"', '"say ""x"""'],
    ['', ''],
    [-1, '-1'],
    [null, ''],
  ] as const)('has the cell %j as %s', (value, cell) => {
    expect(csv([[value, 'z']])).toBe(`${cell},z\r\n`);
  });

  test('gives every text back to a reader, and none that begins a formula', () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.string({ unit: 'binary' }), { minLength: 1, maxLength: 4 }), { maxLength: 4 }), (rows) => {
        const read = readCsv(csv(rows));
        expect(read.map((cells) => cells.map((cell) => cell.replace(/^'(?=[=+\-@\t\r\n＝＋－＠])/, '')))).toEqual(rows);
        for (const cell of read.flat()) expect(cell).not.toMatch(/^[=+\-@\t\r\n]/);
      }),
    );
  });
});

describe('a file name', () => {
  test.each([
    ['0007-猫/犬', '.png', '0007-猫_犬.png'],
    ['..', '.png', '_...png'],
    ['.hidden', '', '_.hidden'],
    ['', '.png', '_.png'],
    ['CON', '.png', '_CON.png'],
    ['nul.a', '', '_nul.a'],
    ['lpt1', '', '_lpt1'],
    ['a\u0000b\nc', '.txt', 'a_b_c.txt'],
    ['हिन्दी', '.png', 'हिन्दी.png'],
    ['a\ud800b', '.png', 'a_b.png'],
  ])('of %j with %j is %j', (stem, suffix, name) => {
    expect(fileName(stem, suffix)).toBe(name);
  });

  test('has at most 255 bytes, its whole suffix, and no half character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), fc.constantFrom('.png', '-12.webp', ''), (stem, suffix) => {
        const name = fileName(stem, suffix);
        expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255);
        expect(name.endsWith(suffix)).toBe(true);
        expect(name).not.toMatch(/[\p{Cc}\p{Cs}/\\]/u);
        expect(Buffer.from(name).toString()).toBe(name);
      }),
    );
    expect(Buffer.byteLength(fileName('猫'.repeat(100), '.png'))).toBe(83 * 3 + 4);
  });

  test('ends as its content type says', () => {
    expect(['image/jpeg', 'video/quicktime', 'video/x-matroska', 'image/svg+xml', 'x/y'].map(extensionOf)).toEqual([
      'jpg',
      'mov',
      'mkv',
      'svg',
      'bin',
    ]);
  });
});

/** A reader of RFC 4180. */
function readCsv(text: string): string[][] {
  const rows: string[][] = [];
  for (let at = 0; at < text.length;) {
    const cells: string[] = [];
    for (;;) {
      const match = /^(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/.exec(text.slice(at))!;
      cells.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '');
      at += match[0].length;
      if (match[3] === '\r\n') break;
    }
    rows.push(cells);
  }
  return rows;
}
