import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useErrorText } from '../../api/errors';
import { useChangeViews, viewsQuery, type View } from '../../api/preferences';
import { useTeam } from '../../api/session';
import { useFormat } from '../../lib/format';
import { useText } from '../../lib/text';
import type words from '../../text/en/views.json';
import { Button, IconButton } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { Field } from '../../ui/field';
import { Form } from '../../ui/form';
import { Input } from '../../ui/input';
import { Fault, Skeleton } from '../../ui/states';
import css from './views.module.css';

const MOST_VIEWS = 30;
const MOST_LETTERS = 60;

interface ViewsDialogProps {
  readonly list: string;
  /** The filters that are on. */
  readonly now: Readonly<Record<string, string>>;
  /** The view that they are. */
  readonly shown: View | undefined;
  readonly onOpen: (view: View) => void;
  readonly onClose: () => void;
}

/** Views to open, rename and remove; below them the filters that are on, to be saved under a name. */
export function ViewsDialog({ list, now, shown, onOpen, onClose }: ViewsDialogProps) {
  const text = useText<typeof words>('views');
  const format = useFormat();
  const errorText = useErrorText();
  const team = useTeam();
  const query = useQuery(viewsQuery(team, list));
  const change = useChangeViews(team, list);
  const [name, setName] = useState('');
  const [renamed, setRenamed] = useState<string | null>(null);
  const views = query.data ?? [];
  const given = name.trim();
  const isTaken = views.some((view) => view.name === given && view.name !== renamed);
  const start = (view: string | null): void => {
    setRenamed(view);
    setName(view ?? '');
  };
  const save = (): void =>
    change.mutate(
      (before) =>
        renamed === null
          ? [...before.filter((view) => view.name !== given), { name: given, search: now }].slice(-MOST_VIEWS)
          : before.map((view) => (view.name === renamed ? { ...view, name: given } : view)),
      { onSuccess: () => start(null) },
    );
  const canSave = renamed !== null || Object.keys(now).length > 0;
  return (
    <Dialog title={text('title')} isOpen onClose={onClose}>
      {query.isPending ? <Skeleton rows={2} height={44} /> : null}
      {query.error === null ? null : <Fault message={errorText(query.error)} requestId={null} onRetry={() => void query.refetch()} />}
      {query.data === undefined ? null : views.length === 0 ? (
        <p className={css.about}>{text('empty')}</p>
      ) : (
        <ul className={css.views}>
          {views.map((view) => (
            <li key={view.name} className={css.view}>
              <button type="button" className={css.open} aria-current={view.name === shown?.name} onClick={() => onOpen(view)}>
                <strong>{view.name}</strong>
                <span className={css.about}>{format.list(Object.values(view.search))}</span>
              </button>
              <IconButton name={text('rename', { name: view.name })} icon="draft" size="dense" onClick={() => start(view.name)} />
              <IconButton
                name={text('remove', { name: view.name })}
                icon="remove"
                size="dense"
                onClick={() => change.mutate((before) => before.filter((one) => one.name !== view.name))}
              />
            </li>
          ))}
        </ul>
      )}
      {canSave ? (
        <Form
          verb={renamed === null ? text(isTaken ? 'replace' : 'save') : text('saveName')}
          isBusy={change.isPending}
          isHeld={given === '' || (renamed !== null && isTaken)}
          fault={change.error === null ? null : errorText(change.error)}
          onSubmit={save}
          onCancel={renamed === null ? onClose : () => start(null)}
        >
          <Field
            label={renamed === null ? text('name') : text('newName', { name: renamed })}
            hint={renamed === null ? format.list(Object.values(now)) : undefined}
            fault={renamed !== null && isTaken ? text('taken') : null}
          >
            {(ids) => <Input {...ids} value={name} maxLength={MOST_LETTERS} onChange={(event) => setName(event.target.value)} />}
          </Field>
        </Form>
      ) : (
        <>
          <p className={css.about}>{text('filterFirst')}</p>
          <div>
            <Button onClick={onClose}>{text('close')}</Button>
          </div>
        </>
      )}
    </Dialog>
  );
}
