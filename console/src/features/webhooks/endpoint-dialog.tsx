import { useState } from 'react';
import { useErrorText } from '../../api/errors';
import { useCreateEndpoint, useUpdateEndpoint, type Endpoint } from '../../api/webhooks';
import { useText } from '../../lib/text';
import type common from '../../text/en/common.json';
import type words from '../../text/en/webhooks.json';
import { CheckList } from '../../ui/check-list';
import { Dialog } from '../../ui/dialog';
import { Field, FieldGroup } from '../../ui/field';
import { Form } from '../../ui/form';
import { Input } from '../../ui/input';
import { SecretOnce } from './secret-once';

/** Groups of events. A receiver that wants fewer is set up by the API, which takes single types. */
const GROUPS = ['task', 'campaign', 'batch', 'response', 'video', 'budget', 'incident'] as const;
type Group = (typeof GROUPS)[number];

interface EndpointDialogProps {
  readonly team: string;
  /** Null: a new one. */
  readonly edited: Endpoint | null;
  readonly onClose: () => void;
}

export function EndpointDialog({ team, edited, onClose }: EndpointDialogProps) {
  const text = useText<typeof words>('webhooks');
  const shared = useText<typeof common>('common');
  const errorText = useErrorText();
  const create = useCreateEndpoint(team);
  const update = useUpdateEndpoint(team);
  const [name, setName] = useState(edited?.name ?? '');
  const [url, setUrl] = useState(edited?.url ?? '');
  const [groups, setGroups] = useState<readonly string[]>(edited === null ? ['task'] : groupsOf(edited));
  // Single types that were chosen by the API stay as they are.
  const others = edited?.event_types.filter((type) => !type.endsWith('.*')) ?? [];
  const error = create.error ?? update.error;
  if (create.data !== undefined) return <SecretOnce name={create.data.name} secret={create.data.signing_secret} onStored={onClose} />;
  const send = (): void => {
    const types = [
      ...GROUPS.filter((group) => groups.includes(group)).map((group): `${Group}.*` => `${group}.*`),
      ...(others as 'task.failed'[]),
    ];
    const body = { name: name.trim(), url: url.trim(), event_types: types };
    if (edited === null) create.mutate(body);
    else update.mutate({ id: edited.id, ...body }, { onSuccess: onClose });
  };
  return (
    <Dialog title={edited === null ? text('new') : text('edit')} isOpen onClose={onClose}>
      <Form
        verb={edited === null ? text('create') : shared('verbs.save')}
        isBusy={create.isPending || update.isPending}
        isHeld={name.trim() === '' || !/^https?:\/\/\S+$/.test(url.trim()) || groups.length + others.length === 0}
        fault={error === null ? null : errorText(error)}
        onSubmit={send}
        onCancel={onClose}
      >
        <Field label={text('name')}>
          {(ids) => <Input {...ids} autoFocus value={name} onChange={(event) => setName(event.target.value)} />}
        </Field>
        <Field label={text('url')} hint={text('urlHint')}>
          {(ids) => <Input {...ids} type="url" value={url} onChange={(event) => setUrl(event.target.value)} />}
        </Field>
        <FieldGroup label={text('events')}>
          {(labelId) => (
            <CheckList
              labelId={labelId}
              choices={GROUPS.map((value) => ({ value, label: text(`groups.${value}`) }))}
              chosen={groups}
              onChange={setGroups}
            />
          )}
        </FieldGroup>
      </Form>
    </Dialog>
  );
}

const groupsOf = ({ event_types: types }: Endpoint): string[] =>
  types.filter((type) => type.endsWith('.*')).map((type) => type.slice(0, -2));
