import { useState } from 'react';
import { useErrorText } from '../../api/errors';
import { useChangeKey, useCreateKey, type Key } from '../../api/keys';
import { useText } from '../../lib/text';
import type common from '../../text/en/common.json';
import type words from '../../text/en/credentials.json';
import { Dialog } from '../../ui/dialog';
import { Field } from '../../ui/field';
import { Form } from '../../ui/form';
import { Input } from '../../ui/input';
import { areLimits, isBound } from '../../ui/limit-fields';
import { changeOf, draftOf, NEW_KEY, newKeyOf, type KeyDraft } from './draft';
import { KeyFields } from './key-fields';
import { KeyOnce } from './key-once';

interface KeyDialogProps {
  readonly team: string;
  /** Null: a new one. */
  readonly edited: Key | null;
  readonly onClose: () => void;
}

/** A new credential, whose key is shown once, or another purpose and other bounds for one. */
export function KeyDialog({ team, edited, onClose }: KeyDialogProps) {
  const text = useText<typeof words>('credentials');
  const shared = useText<typeof common>('common');
  const errorText = useErrorText();
  const create = useCreateKey();
  const change = useChangeKey();
  const [draft, setDraft] = useState<KeyDraft>(edited === null ? NEW_KEY : draftOf(edited));
  const error = create.error ?? change.error;
  if (create.data?.key !== undefined)
    return <KeyOnce title={text('made', { name: create.data.name })} secret={create.data.key} onStored={onClose} />;
  const isRight =
    draft.name.trim() !== '' &&
    areLimits(draft.limits) &&
    isBound('money', draft.maxCost) &&
    isBound('count', draft.requestsPerMinute) &&
    isBound('count', draft.concurrent);
  const send = (): void => {
    if (edited === null) create.mutate(newKeyOf(team, draft));
    else change.mutate({ team, name: edited.name, change: changeOf(draft, edited) }, { onSuccess: onClose });
  };
  return (
    <Dialog title={edited === null ? text('new') : text('edit', { name: edited.name })} isOpen isWide onClose={onClose}>
      <Form
        verb={edited === null ? text('create') : shared('verbs.save')}
        isBusy={create.isPending || change.isPending}
        isHeld={!isRight}
        fault={error === null ? null : errorText(error)}
        onSubmit={send}
        onCancel={onClose}
      >
        {edited === null ? (
          <Field label={text('name')} hint={text('nameHint')}>
            {(ids) => (
              <Input {...ids} autoFocus value={draft.name} onChange={(event) => setDraft({ ...draft, name: event.target.value })} />
            )}
          </Field>
        ) : null}
        <KeyFields team={team} draft={draft} onChange={(next) => setDraft({ ...draft, ...next })} />
      </Form>
    </Dialog>
  );
}
