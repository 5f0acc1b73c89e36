import { wordsIn } from '../../src/lib/words';

const en = {
  made: 'Made',
  rows_one: '{{count}} row of {{all}}',
  rows_other: '{{count}} rows of {{all}}',
  states: { none: 'Nothing by {{name}}' },
};
const zh = { rows_other: '{{all}} 行中的 {{count}} 行' };

test('a count chooses the form of the language', () => {
  expect(wordsIn(en, 'en', 'rows', { count: 1, all: 9 })).toBe('1 row of 9');
  expect(wordsIn(en, 'en', 'rows', { count: 0, all: 9 })).toBe('0 rows of 9');
  expect(wordsIn(zh, 'zh', 'rows', { count: 1, all: 9 })).toBe('9 行中的 1 行');
});

test('a text with no forms is the same for any count', () => {
  expect(wordsIn(en, 'en', 'made', { count: 2 })).toBe('Made');
});

test('values are put in as they are, whatever they look like', () => {
  expect(wordsIn(en, 'en', 'states.none', { name: "{{count}} $& <b>'" })).toBe("Nothing by {{count}} $& <b>'");
});

test.each(['absent', 'states', 'states.none.deeper', 'constructor', 'states.toString', ''])('%j has no text and stays a key', (key) => {
  expect(wordsIn(en, 'en', key)).toBe(key);
});

test('before a file has come its keys stand for its texts', () => {
  expect(wordsIn(undefined, 'zh', 'states.none')).toBe('states.none');
});
