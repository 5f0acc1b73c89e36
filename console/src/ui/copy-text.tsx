import { copyText } from '../lib/clipboard';
import { shortId } from '../lib/names';
import { useText } from '../lib/text';
import type words from '../text/en/common.json';
import { note } from './announce';
import { IconButton } from './button';
import css from './copy-text.module.css';

/** An id that can be copied whole. It is shown short; what was selected by hand is copied as the browser does. */
export function CopyText({ text: value, isWhole = false }: { readonly text: string; readonly isWhole?: boolean }) {
  const text = useText<typeof words>('common');
  const copy = (): void => {
    void copyText(value).then(
      () => note(text('copied')),
      () => note(text('notCopied')),
    );
  };
  return (
    <span className={css.id}>
      <code title={value}>{isWhole ? value : shortId(value)}</code>
      <IconButton name={text('verbs.copy')} icon="copy" size="dense" onClick={copy} />
    </span>
  );
}
