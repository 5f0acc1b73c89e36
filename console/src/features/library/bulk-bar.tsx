import { useState } from 'react';
import { useArchive, useChangeAssets, useDeleteAssets, type Asset } from '../../api/assets';
import { useErrorText } from '../../api/errors';
import { useMay, useTeam } from '../../api/session';
import { saveBlob } from '../../lib/download';
import { paths } from '../../lib/paths';
import { useText } from '../../lib/text';
import type words from '../../text/en/library.json';
import { note } from '../../ui/announce';
import { Button, ButtonLink } from '../../ui/button';
import { Confirm } from '../../ui/confirm';
import { Dialog } from '../../ui/dialog';
import { Field } from '../../ui/field';
import { Form } from '../../ui/form';
import { Input } from '../../ui/input';
import { Switch } from '../../ui/switch';
import css from './library.module.css';

interface BulkBarProps {
  readonly assets: readonly Asset[];
  readonly onClear: () => void;
}

/** What can be done with many files at once. */
export function BulkBar({ assets, onClear }: BulkBarProps) {
  const text = useText<typeof words>('library');
  const errorText = useErrorText();
  const team = useTeam();
  const mayControl = useMay('generation.control');
  const archive = useArchive(team);
  const [asked, setAsked] = useState<'tag' | 'delete' | null>(null);
  const download = (): void =>
    archive.mutate(
      assets.map(({ id }) => id),
      {
        onSuccess: (blob) => saveBlob(blob, 'atelier.zip'),
        onError: (error) => note(errorText(error)),
      },
    );
  return (
    <div className={css.bulk} role="toolbar" aria-label={text('picked', { count: assets.length })}>
      <strong>{text('picked', { count: assets.length })}</strong>
      <Button size="dense" icon="download" disabled={archive.isPending} onClick={download}>
        {text('zip')}
      </Button>
      {assets.length >= 2 && assets.length <= 4 && assets.every(({ kind }) => kind === 'image') ? (
        <ButtonLink
          size="dense"
          icon="compare"
          to={paths.compare(
            team,
            assets.map(({ id }) => id),
          )}
        >
          {text('compare')}
        </ButtonLink>
      ) : null}
      {mayControl ? (
        <>
          <Button size="dense" icon="tag" onClick={() => setAsked('tag')}>
            {text('addTag')}
          </Button>
          <Button size="dense" kind="danger" icon="remove" onClick={() => setAsked('delete')}>
            {text('delete')}
          </Button>
        </>
      ) : null}
      <Button size="dense" kind="quiet" onClick={onClear}>
        {text('clearPicked')}
      </Button>
      {asked === 'tag' ? <TagDialog assets={assets} onClose={() => setAsked(null)} /> : null}
      {asked === 'delete' ? <DeleteDialog assets={assets} onClose={() => setAsked(null)} onDone={onClear} /> : null}
    </div>
  );
}

function TagDialog({ assets, onClose }: { readonly assets: readonly Asset[]; readonly onClose: () => void }) {
  const text = useText<typeof words>('library');
  const errorText = useErrorText();
  const change = useChangeAssets(useTeam());
  const [tag, setTag] = useState('');
  const submit = (): void =>
    change.mutate(
      assets.map(({ id, tags }) => ({ id, tags: [...new Set([...tags, tag.trim()])] })),
      { onSuccess: onClose },
    );
  return (
    <Dialog title={text('addTag')} isOpen onClose={onClose}>
      <Form
        verb={text('addTag')}
        isHeld={tag.trim() === ''}
        isBusy={change.isPending}
        fault={change.error === null ? null : errorText(change.error)}
        onSubmit={submit}
        onCancel={onClose}
      >
        <Field label={text('tag')}>
          {(ids) => <Input {...ids} value={tag} maxLength={64} onChange={(event) => setTag(event.target.value)} />}
        </Field>
      </Form>
    </Dialog>
  );
}

/** Asks first; what tasks and templates still need is refused by the server unless that is wanted. */
export function DeleteDialog({
  assets,
  onClose,
  onDone,
}: {
  readonly assets: readonly Asset[];
  readonly onClose: () => void;
  readonly onDone: () => void;
}) {
  const text = useText<typeof words>('library');
  const errorText = useErrorText();
  const remove = useDeleteAssets(useTeam());
  const [isForced, setForced] = useState(false);
  const ids = assets.map(({ id }) => id);
  if (remove.error === null) {
    return (
      <Confirm
        title={text('deleteTitle', { count: ids.length })}
        about={text('deleteAbout')}
        verb={text('delete')}
        isBusy={remove.isPending}
        onConfirm={() => remove.mutate({ ids, isForced: false }, { onSuccess: onDone })}
        onClose={onClose}
      />
    );
  }
  return (
    <Dialog title={text('deleteTitle', { count: ids.length })} isOpen onClose={onClose}>
      <Form
        verb={text('delete')}
        kind="danger"
        isHeld={!isForced}
        isBusy={remove.isPending}
        fault={errorText(remove.error)}
        onSubmit={() => remove.mutate({ ids, isForced: true }, { onSuccess: onDone })}
        onCancel={onClose}
      >
        <Switch label={text('deleteForced')} isOn={isForced} onChange={setForced} />
      </Form>
    </Dialog>
  );
}
