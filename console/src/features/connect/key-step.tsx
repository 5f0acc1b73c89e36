import { useState } from 'react';
import { useErrorText } from '../../api/errors';
import { useCreateKey } from '../../api/keys';
import { useMayHere } from '../../api/session';
import { useCopy } from '../../ui/use-copy';
import { useText } from '../../lib/text';
import type words from '../../text/en/connect.json';
import { Button } from '../../ui/button';
import { Chip } from '../../ui/chip';
import { Field } from '../../ui/field';
import { Icon } from '../../ui/icon';
import { Input } from '../../ui/input';
import { BoundField, isBound, orNull } from '../../ui/limit-fields';
import { Segmented } from '../../ui/segmented';
import { Notice } from '../../ui/states';
import { useClientName } from './client-list';
import type { Client } from './clients';
import css from './connect.module.css';

interface KeyStepProps {
  readonly team: string;
  readonly client: Client;
  /** The key itself: it lives in the state of this page alone. */
  readonly value: string;
  readonly onChange: (key: string) => void;
}

/** Makes a key of the class that suits the client, or takes one that is there. */
export function KeyStep({ team, client, value, onChange }: KeyStepProps) {
  const text = useText<typeof words>('connect');
  const errorText = useErrorText();
  const nameOf = useClientName();
  const copy = useCopy();
  const mayMake = useMayHere('key.manage');
  const create = useCreateKey();
  const [isNew, setNew] = useState(mayMake);
  const [limit, setLimit] = useState('20');
  const [name, setName] = useState(() => `${client.id}-${suffix()}`);
  const make = (): void =>
    create.mutate(
      {
        ...{ team, name: name.trim(), class: client.keyClass, models: ['*'], images_default: 'b64_json' },
        limits: { monthly_usd: orNull(limit) },
      },
      { onSuccess: ({ key }) => onChange(key ?? '') },
    );
  const made = create.data?.key;
  return (
    <li className={css.step}>
      <h2>{text('keyStep', { client: nameOf(client) })}</h2>
      {mayMake ? (
        <div className={css.row}>
          <Segmented
            label={text('whichKey')}
            value={isNew ? 'new' : 'own'}
            onChange={(next) => {
              setNew(next === 'new');
              onChange(next === 'new' ? (made ?? '') : '');
            }}
            segments={[
              { value: 'own', label: text('ownKey') },
              { value: 'new', label: text('newKey') },
            ]}
          />
          {isNew ? <Chip>{text(`classes.${client.keyClass}`)}</Chip> : null}
        </div>
      ) : (
        <p className={css.faint}>{text('askForKey')}</p>
      )}
      {isNew && made === undefined ? (
        <div className={css.make}>
          <Field label={text('keyName')}>
            {(ids) => <Input {...ids} value={name} onChange={(event) => setName(event.target.value)} />}
          </Field>
          <BoundField kind="money" label={text('limit')} value={limit} onChange={setLimit} />
          <Button kind="primary" icon="lock" disabled={create.isPending || !isBound('money', limit) || name.trim() === ''} onClick={make}>
            {text('make')}
          </Button>
        </div>
      ) : null}
      {create.error === null ? null : <Notice tone="danger">{errorText(create.error)}</Notice>}
      {isNew && made !== undefined ? (
        <>
          <div className={css.secret}>
            <code aria-label={text('key')} role="textbox" aria-readonly="true" tabIndex={0}>
              {made}
            </code>
            <Button kind="primary" icon="copy" aria-label={text('copyKey')} onClick={() => copy(made)}>
              {text('copy')}
            </Button>
          </div>
          <p className={css.faint}>
            <Icon name="lock" size={14} /> {text('once')}
          </p>
        </>
      ) : null}
      {isNew ? null : (
        <Field label={text('key')} hint={text('ownHint')}>
          {(ids) => <Input {...ids} type="password" value={value} onChange={(event) => onChange(event.target.value.trim())} />}
        </Field>
      )}
    </li>
  );
}

/** Names of keys are taken once. */
function suffix(): string {
  return [...crypto.getRandomValues(new Uint8Array(2))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
