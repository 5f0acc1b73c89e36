import { useRef, useState } from 'react';
import { useForgetAssets } from '../../api/assets';
import { useErrorText } from '../../api/errors';
import { useTeam } from '../../api/session';
import { uploadAsset } from '../../api/upload';
import { useLeaveGuard } from '../../lib/leave-guard';
import { useText } from '../../lib/text';
import type words from '../../text/en/library.json';
import { note } from '../../ui/announce';
import { Button } from '../../ui/button';
import { Notice } from '../../ui/states';

interface Upload {
  readonly isBusy: boolean;
  readonly send: (files: readonly File[]) => void;
  /** What did not arrive, and why; null: all did. */
  readonly left: { readonly files: readonly File[]; readonly error: unknown } | null;
  readonly forget: () => void;
}

/** Puts files into the library, one after the other. One that fails holds up the rest, and all of these can be sent again. */
export function useUpload(): Upload {
  const text = useText<typeof words>('library');
  const team = useTeam();
  const forgetAssets = useForgetAssets(team);
  const [isBusy, setBusy] = useState(false);
  const [left, setLeft] = useState<Upload['left']>(null);
  useLeaveGuard(isBusy || left !== null);
  const send = async (files: readonly File[]): Promise<void> => {
    setBusy(true);
    setLeft(null);
    let sent = 0;
    try {
      for (const file of files) {
        await uploadAsset(team, file);
        sent += 1;
      }
      note(text('uploaded', { count: sent }));
    } catch (error) {
      setLeft({ files: files.slice(sent), error });
    } finally {
      setBusy(false);
      forgetAssets();
    }
  };
  return { isBusy, send: (files) => void send(files), left, forget: () => setLeft(null) };
}

/** Chooses files and sends them. */
export function UploadButton({ upload: { isBusy, send } }: { readonly upload: Upload }) {
  const text = useText<typeof words>('library');
  const chooser = useRef<HTMLInputElement>(null);
  return (
    <>
      <Button kind="primary" icon="upload" disabled={isBusy} onClick={() => chooser.current?.click()}>
        {isBusy ? text('uploading') : text('upload')}
      </Button>
      <input
        ref={chooser}
        className="unseen"
        type="file"
        multiple
        tabIndex={-1}
        aria-label={text('upload')}
        onChange={(event) => {
          const files = [...(event.target.files ?? [])];
          event.target.value = '';
          if (files.length > 0) send(files);
        }}
      />
    </>
  );
}

/** Which files did not arrive and why, with the way to send them again. */
export function UploadFault({ upload: { left, send, forget } }: { readonly upload: Upload }) {
  const text = useText<typeof words>('library');
  const errorText = useErrorText();
  const first = left?.files[0];
  if (left === null || first === undefined) return null;
  return (
    <Notice
      tone="danger"
      end={
        <>
          <Button size="dense" icon="retry" onClick={() => send(left.files)}>
            {text('uploadAgain')}
          </Button>
          <Button size="dense" kind="quiet" onClick={forget}>
            {text('uploadForget')}
          </Button>
        </>
      }
    >
      <strong>{text('notUploaded', { name: first.name, count: left.files.length })}</strong> {errorText(left.error)}
    </Notice>
  );
}
