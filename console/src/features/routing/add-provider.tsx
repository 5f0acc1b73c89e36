import { useState } from 'react';
import { useErrorText } from '../../api/errors';
import { useCreateProvider } from '../../api/routing';
import { useText } from '../../lib/text';
import type words from '../../text/en/routing.json';
import { Dialog } from '../../ui/dialog';
import { Field } from '../../ui/field';
import { FieldRow, Form } from '../../ui/form';
import { Input } from '../../ui/input';
import { Select } from '../../ui/select';

/** Kinds whose one secret is an API key, with what they are called; the others are added by the configuration file. */
const KINDS = [
  ['openai', 'OpenAI, or what speaks its API'],
  ['anthropic', 'Anthropic'],
  ['gemini', 'Google Gemini'],
  ['ark', 'Volcengine Ark'],
  ['dashscope', 'Alibaba DashScope'],
  ['bfl', 'Black Forest Labs'],
  ['fal', 'fal'],
  ['luma', 'Luma'],
  ['minimax', 'MiniMax'],
  ['replicate', 'Replicate'],
  ['runway', 'Runway'],
  ['xai', 'xAI'],
  ['sandbox', 'Sandbox'],
] as const;

interface AddProviderProps {
  readonly onClose: () => void;
  /** Then it is tested. */
  readonly onAdded: (name: string) => void;
}

/** A new provider: its kind, a name, its address and its key, which no answer has again. */
export function AddProvider({ onClose, onAdded }: AddProviderProps) {
  const text = useText<typeof words>('routing');
  const errorText = useErrorText();
  const create = useCreateProvider();
  const [kind, setKind] = useState<string>('openai');
  const [name, setName] = useState('');
  const [address, setAddress] = useState('');
  const [key, setKey] = useState('');
  const send = (): void =>
    create.mutate(
      {
        ...{ name: name.trim(), kind },
        ...(address.trim() === '' ? {} : { base_url: address.trim() }),
        ...(key === '' ? {} : { api_key: key }),
      },
      { onSuccess: (added) => onAdded(added.name) },
    );
  return (
    <Dialog title={text('add')} isOpen isWide onClose={onClose}>
      <Form
        verb={text('addAndTest')}
        isBusy={create.isPending}
        isHeld={name.trim() === ''}
        fault={create.error === null ? null : errorText(create.error)}
        onSubmit={send}
        onCancel={onClose}
      >
        <FieldRow>
          <Field label={text('kind')}>
            {(ids) => (
              <Select {...ids} value={kind} onChange={setKind} choices={KINDS.map(([value, label]) => ({ value, label, about: value }))} />
            )}
          </Field>
          <Field label={text('name')} hint={text('nameHint')}>
            {(ids) => <Input {...ids} autoFocus value={name} onChange={(event) => setName(event.target.value)} />}
          </Field>
        </FieldRow>
        {kind === 'sandbox' ? null : (
          <>
            <Field label={text('address')} hint={text('addressHint')}>
              {(ids) => <Input {...ids} inputMode="url" value={address} onChange={(event) => setAddress(event.target.value)} />}
            </Field>
            <Field label={text('apiKey')} hint={text('apiKeyHint')}>
              {(ids) => <Input {...ids} type="password" value={key} onChange={(event) => setKey(event.target.value)} />}
            </Field>
          </>
        )}
      </Form>
    </Dialog>
  );
}
