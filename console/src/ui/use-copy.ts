import { copyText } from '../lib/clipboard';
import { useText } from '../lib/text';
import type words from '../text/en/common.json';
import { note } from './announce';

/** Copies a text, and says whether it could. */
export function useCopy(): (value: string) => void {
  const text = useText<typeof words>('common');
  return (value) =>
    void copyText(value).then(
      () => note(text('copied')),
      () => note(text('notCopied')),
    );
}
