import { coerceFields, formTree } from '../../api/uploads/form-tree';
import { isAppError } from '../../domain/errors';

function codeOf(work: () => unknown): string | undefined {
  try {
    work();
  } catch (error) {
    return isAppError(error) ? error.code : 'another error';
  }
  return undefined;
}

test('bracketed names nest and make lists', () => {
  expect(
    formTree([
      ['prompt', 'a cat'],
      ['input_reference[image_url]', 'https://example.com/a.png'],
      ['tags[]', 'one'],
      ['tags[]', 'two'],
      ['rows[1][name]', 'second'],
      ['rows[0][name]', 'first'],
      ['image', 'a'],
      ['image', 'b'],
    ]),
  ).toEqual({
    prompt: 'a cat',
    input_reference: { image_url: 'https://example.com/a.png' },
    tags: ['one', 'two'],
    rows: [{ name: 'first' }, { name: 'second' }],
    image: ['a', 'b'],
  });
});

test.each(['a[__proto__][x]', 'constructor', 'a[b', '[a]', 'a[999]', 'a[b][c][d][e][f][g]'])('the field name %s is refused', (name) => {
  expect(codeOf(() => formTree([[name, 'x']]))).toBe('invalid_multipart');
});

test('numbers and booleans arrive as text and leave as what they are; other text is left for the schema to refuse', () => {
  expect(
    coerceFields(
      { n: '2', seed: '0', stream: 'false', audio: 'TRUE', size: '1', quality: 'null', bad: 'two' },
      {
        n: 'number',
        seed: 'number',
        stream: 'boolean',
        audio: 'boolean',
        bad: 'number',
      },
    ),
  ).toEqual({ n: 2, seed: 0, stream: false, audio: true, size: '1', quality: 'null', bad: 'two' });
});
