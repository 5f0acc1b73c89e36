import type { ReactNode } from 'react';
import { copyText } from '../lib/clipboard';
import { useText } from '../lib/text';
import type words from '../text/en/common.json';
import { note } from './announce';
import { Button } from './button';
import { Dialog } from './dialog';
import css from './secret-dialog.module.css';

interface SecretDialogProps {
  readonly title: string;
  /** What it is for, and why it is not shown again. */
  readonly about: string;
  readonly secret: string;
  /** What it is called for screen readers. */
  readonly label: string;
  /** Other forms in which it can be copied. */
  readonly copies?: readonly { readonly label: string; readonly text: string }[];
  readonly children?: ReactNode;
  readonly onStored: () => void;
}

/** A key or a secret, this once. It closes only by saying that it is stored, and leaves nothing behind. */
export function SecretDialog({ title, about, secret, label, copies = [], children, onStored }: SecretDialogProps) {
  const text = useText<typeof words>('common');
  const copy = (value: string): void => {
    void copyText(value).then(
      () => note(text('copied')),
      () => note(text('notCopied')),
    );
  };
  return (
    <Dialog title={title} isOpen isWide>
      <p>{about}</p>
      <code className={css.secret} aria-label={label} tabIndex={0} role="textbox" aria-readonly="true">
        {secret}
      </code>
      <div className={css.verbs}>
        <Button icon="copy" onClick={() => copy(secret)}>
          {text('verbs.copy')}
        </Button>
        {copies.map((one) => (
          <Button key={one.label} icon="copy" onClick={() => copy(one.text)}>
            {one.label}
          </Button>
        ))}
        {children}
      </div>
      <div className={css.end}>
        <Button kind="primary" onClick={onStored}>
          {text('verbs.stored')}
        </Button>
      </div>
    </Dialog>
  );
}
