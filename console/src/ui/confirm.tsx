import { useState } from 'react';
import { useText } from '../lib/text';
import type words from '../text/en/common.json';
import { Dialog } from './dialog';
import { Field } from './field';
import { Form } from './form';
import { Input } from './input';

interface ConfirmProps {
  readonly title: string;
  /** What it does, and whether it can be taken back. */
  readonly about: string;
  readonly verb: string;
  /** What must be typed before it can be done, for what can't be taken back. */
  readonly typed?: string;
  readonly isBusy?: boolean;
  readonly fault?: string | null;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

/** Asks before what can't be taken back. */
export function Confirm({ title, about, verb, typed, isBusy, fault, onConfirm, onClose }: ConfirmProps) {
  const text = useText<typeof words>('common');
  const [value, setValue] = useState('');
  return (
    <Dialog title={title} isOpen onClose={onClose}>
      <Form
        verb={verb}
        kind="danger"
        isBusy={isBusy ?? false}
        isHeld={typed !== undefined && value !== typed}
        fault={fault ?? null}
        onSubmit={onConfirm}
        onCancel={onClose}
      >
        <p>{about}</p>
        {typed === undefined ? null : (
          <Field label={text('typeName', { name: typed })}>
            {(ids) => <Input {...ids} value={value} onChange={(event) => setValue(event.target.value)} />}
          </Field>
        )}
      </Form>
    </Dialog>
  );
}
