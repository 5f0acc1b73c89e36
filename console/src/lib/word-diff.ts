import { diffArrays } from 'diff';

export interface DiffPart {
  readonly text: string;
  readonly what: 'same' | 'added' | 'removed';
}

/** What changed between two texts, word by word; Chinese has words too. */
export function wordDiff(before: string, after: string): readonly DiffPart[] {
  return diffArrays(wordsOf(before), wordsOf(after)).map(({ value, added, removed }) => ({
    text: value.join(''),
    what: added ? 'added' : removed ? 'removed' : 'same',
  }));
}

function wordsOf(text: string): string[] {
  return [...new Intl.Segmenter(undefined, { granularity: 'word' }).segment(text)].map(({ segment }) => segment);
}
