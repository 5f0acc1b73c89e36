import { lazy, Suspense, useState } from 'react';
import { useText } from '../../lib/text';
import type words from '../../text/en/studio.json';
import { IconButton } from '../../ui/button';
import type { CodeRequest } from './code';

const CodeDialog = lazy(async () => ({ default: (await import('./code-dialog')).CodeDialog }));

/** What a page is about to ask for, as a program. @param request - null: it is not whole yet */
export function CodeButton({ request }: { readonly request: CodeRequest | null }) {
  const text = useText<typeof words>('studio');
  const [isOpen, setOpen] = useState(false);
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
      {isOpen && request !== null ? (
        <Suspense fallback={null}>
          <CodeDialog request={request} onClose={() => setOpen(false)} />
        </Suspense>
      ) : null}
    </>
  );
}
