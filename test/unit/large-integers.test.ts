import fc from 'fast-check';
import { isWholeNumber, readJsonExactly, writeJson } from '../../domain/large-integers';

test('any JSON is written as it was read, whole numbers digit by digit', () => {
  const digits = fc.bigInt({ min: -(2n ** 90n), max: 2n ** 90n });
  const { json } = fc.letrec<{ json: unknown }>((tie) => ({
    json: fc.oneof(
      { maxDepth: 4 },
      digits.map(String),
      fc
        .oneof(
          fc.string(),
          fc.string({ unit: fc.constantFrom('"', '\\', ' ', '1234567890123456', ':') }),
          fc.double({ noNaN: true, noDefaultInfinity: true }),
        )
        .map((value) => JSON.stringify(value)),
      fc.array(tie('json')).map((items) => `[${items.join(',')}]`),
      fc
        .array(fc.tuple(fc.uuid(), tie('json')))
        .map((entries) => `{${entries.map(([name, value]) => `${JSON.stringify(name)}:${String(value)}`).join(',')}}`),
    ),
  }));

  fc.assert(
    fc.property(json, (value) => {
      const text = `{"body":${String(value)}}`;
      expect(writeJson(readJsonExactly(text))).toBe(plain(text));
    }),
    { numRuns: 500 },
  );
});

/** As JSON.stringify writes the numbers that are no whole ones (`-0`, `1e21`). */
function plain(text: string): string {
  return text.replace(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g, (token) =>
    token.startsWith('"') || /^-?[1-9]\d*$/.test(token) ? token : JSON.stringify(JSON.parse(token)),
  );
}

test('a marked number is a whole number, a text that looks like one is not', () => {
  const read = readJsonExactly('[9007199254740993, "9007199254740993", 7, 7.5]') as unknown[];

  expect(read.map(isWholeNumber)).toEqual([true, false, true, false]);
});
