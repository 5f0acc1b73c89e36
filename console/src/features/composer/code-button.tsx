import { useState } from 'react';
import type { TaskRequest } from '../../api/tasks';
import { copyText } from '../../lib/clipboard';
import { useText } from '../../lib/text';
import type words from '../../text/en/studio.json';
import { note } from '../../ui/announce';
import { Button, IconButton } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { Segmented } from '../../ui/segmented';
import css from './code-button.module.css';
import { CODE_LANGUAGES, codeFor, type CodeLanguage } from './code';

/** What is in the composer, as a program. @param request - null: it is not whole yet */
export function CodeButton({ request }: { readonly request: TaskRequest | null }) {
  const text = useText<typeof words>('studio');
  const [isOpen, setOpen] = useState(false);
  const [language, setLanguage] = useState<CodeLanguage>('curl');
  const code = request === null ? '' : codeFor(language, request, window.location.origin);
  const copy = (): void => {
    void copyText(code).then(
      () => note(text('code.copied')),
      () => note(text('code.notCopied')),
    );
  };
  return (
    <>
      <IconButton
        name={text('code.show')}
        icon="code"
        kind="outline"
        size="big"
        disabled={request === null}
        onClick={() => setOpen(true)}
      />
      <Dialog title={text('code.title')} isOpen={isOpen} onClose={() => setOpen(false)} isWide>
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
          <Button onClick={() => setOpen(false)}>{text('code.close')}</Button>
        </div>
      </Dialog>
    </>
  );
}
