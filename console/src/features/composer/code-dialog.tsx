import { useState } from 'react';
import { copyText } from '../../lib/clipboard';
import { useText } from '../../lib/text';
import type words from '../../text/en/studio.json';
import { note } from '../../ui/announce';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { Segmented } from '../../ui/segmented';
import css from './code-button.module.css';
import { CODE_LANGUAGES, codeFor, type CodeLanguage, type CodeRequest } from './code';

/** A run as a program, to be copied. */
export function CodeDialog({ request, onClose }: { readonly request: CodeRequest; readonly onClose: () => void }) {
  const text = useText<typeof words>('studio');
  const [language, setLanguage] = useState<CodeLanguage>('curl');
  const code = codeFor(language, request, window.location.origin);
  const copy = (): void => {
    void copyText(code).then(
      () => note(text('code.copied')),
      () => note(text('code.notCopied')),
    );
  };
  return (
    <Dialog title={text('code.title')} isOpen onClose={onClose} isWide>
      <Segmented
        label={text('code.language')}
        value={language}
        onChange={(value) => setLanguage(CODE_LANGUAGES.find((one) => one === value) ?? 'curl')}
        segments={CODE_LANGUAGES.map((value) => ({ value, label: value }))}
      />
      <p className={css.about}>{text('code.about')}</p>
      <pre className={css.code} tabIndex={0}>
        <code>{code}</code>
      </pre>
      <div className={css.verbs}>
        <Button kind="primary" icon="copy" onClick={copy}>
          {text('code.copy')}
        </Button>
        <Button onClick={onClose}>{text('code.close')}</Button>
      </div>
    </Dialog>
  );
}
