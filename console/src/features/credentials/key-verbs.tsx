import { useState } from 'react';
import { useErrorText } from '../../api/errors';
import { useFreezeKey, useRevokeKey, useRotateKey, useUnfreezeKey, type Key } from '../../api/keys';
import { useText } from '../../lib/text';
import type words from '../../text/en/credentials.json';
import { Confirm } from '../../ui/confirm';
import { Dialog } from '../../ui/dialog';
import { Field } from '../../ui/field';
import { Form } from '../../ui/form';
import { Input } from '../../ui/input';
import { Select } from '../../ui/select';
import { KeyOnce } from './key-once';

interface VerbProps {
  readonly row: Key;
  readonly onClose: () => void;
}

/** Seconds that an old key stays valid. */
const OVERLAPS = ['0', '3600', '86400', '604800'] as const;

/** Makes another key for a credential; for a while both work. */
export function RotateDialog({ row, onClose }: VerbProps) {
  const text = useText<typeof words>('credentials');
  const errorText = useErrorText();
  const rotate = useRotateKey();
  const [overlap, setOverlap] = useState<string>('86400');
  if (rotate.data?.key !== undefined)
    return <KeyOnce title={text('rotated', { name: row.name })} secret={rotate.data.key} onStored={onClose} />;
  return (
    <Dialog title={text('rotateTitle', { name: row.name })} isOpen onClose={onClose}>
      <Form
        verb={text('rotate')}
        isBusy={rotate.isPending}
        fault={rotate.error === null ? null : errorText(rotate.error)}
        onSubmit={() => rotate.mutate({ team: row.team, name: row.name, overlapS: Number(overlap) })}
        onCancel={onClose}
      >
        <p>{text('rotateAbout')}</p>
        <Field label={text('overlap')}>
          {(ids) => (
            <Select
              {...ids}
              value={overlap}
              onChange={setOverlap}
              choices={OVERLAPS.map((value) => ({ value, label: text(`overlaps.${value}`) }))}
            />
          )}
        </Field>
      </Form>
    </Dialog>
  );
}

export function RevokeDialog({ row, onClose }: VerbProps) {
  const text = useText<typeof words>('credentials');
  const errorText = useErrorText();
  const revoke = useRevokeKey();
  return (
    <Confirm
      title={text('revokeTitle', { name: row.name })}
      about={text('revokeAbout')}
      verb={text('revoke')}
      typed={row.name}
      isBusy={revoke.isPending}
      fault={revoke.error === null ? null : errorText(revoke.error)}
      onConfirm={() => revoke.mutate(row, { onSuccess: onClose })}
      onClose={onClose}
    />
  );
}

/** Most characters of a reason. */
const REASON_CHARS = 500;

/** Refuses a credential's requests until somebody unfreezes it; whoever uses it reads the reason. */
export function FreezeDialog({ row, onClose }: VerbProps) {
  const text = useText<typeof words>('credentials');
  const errorText = useErrorText();
  const freeze = useFreezeKey();
  const [reason, setReason] = useState('');
  return (
    <Dialog title={text('freezeTitle', { name: row.name })} isOpen onClose={onClose}>
      <Form
        verb={text('freeze')}
        kind="danger"
        isBusy={freeze.isPending}
        isHeld={reason.trim() === ''}
        fault={freeze.error === null ? null : errorText(freeze.error)}
        onSubmit={() => freeze.mutate({ team: row.team, name: row.name, reason: reason.trim() }, { onSuccess: onClose })}
        onCancel={onClose}
      >
        <p>{text('freezeAbout')}</p>
        <Field label={text('freezeReason')} hint={text('freezeReasonHint')}>
          {(ids) => (
            <Input {...ids} autoFocus maxLength={REASON_CHARS} value={reason} onChange={(event) => setReason(event.target.value)} />
          )}
        </Field>
      </Form>
    </Dialog>
  );
}

export function UnfreezeDialog({ row, onClose }: VerbProps) {
  const text = useText<typeof words>('credentials');
  const errorText = useErrorText();
  const unfreeze = useUnfreezeKey();
  return (
    <Dialog title={text('unfreezeTitle', { name: row.name })} isOpen onClose={onClose}>
      <Form
        verb={text('unfreeze')}
        isBusy={unfreeze.isPending}
        fault={unfreeze.error === null ? null : errorText(unfreeze.error)}
        onSubmit={() => unfreeze.mutate(row, { onSuccess: onClose })}
        onCancel={onClose}
      >
        <p>{text('unfreezeAbout')}</p>
      </Form>
    </Dialog>
  );
}
