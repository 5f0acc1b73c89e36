import { useState } from 'react';
import { useErrorText } from '../../api/errors';
import { useRevokeKey, useRotateKey, type Key } from '../../api/keys';
import { useText } from '../../lib/text';
import type words from '../../text/en/credentials.json';
import { Confirm } from '../../ui/confirm';
import { Dialog } from '../../ui/dialog';
import { Field } from '../../ui/field';
import { Form } from '../../ui/form';
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
