import { useState } from 'react';
import { useChangeMe } from '../../api/account';
import { useErrorText } from '../../api/errors';
import { useText } from '../../lib/text';
import type words from '../../text/en/me.json';
import { note } from '../../ui/announce';
import { Field } from '../../ui/field';
import { Form } from '../../ui/form';
import { Input } from '../../ui/input';
import { Panel } from '../../ui/panel';

/** Another password; the other sessions end with the old one. */
export function PasswordForm() {
  const text = useText<typeof words>('me');
  const errorText = useErrorText();
  const change = useChangeMe();
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const save = (): void =>
    change.mutate(
      { current_password: current, password: next },
      {
        onSuccess: () => {
          setCurrent('');
          setNext('');
          note(text('passwordSaved'));
        },
      },
    );
  return (
    <Panel title={text('password')}>
      <Form
        verb={text('changePassword')}
        kind="outline"
        isBusy={change.isPending}
        isHeld={current === '' || next.length < 12}
        fault={change.error === null ? null : errorText(change.error)}
        onSubmit={save}
      >
        <Field label={text('current')}>
          {(ids) => (
            <Input
              {...ids}
              type="password"
              autoComplete="current-password"
              value={current}
              onChange={(event) => setCurrent(event.target.value)}
            />
          )}
        </Field>
        <Field label={text('next')} hint={text('nextHint')}>
          {(ids) => (
            <Input {...ids} type="password" autoComplete="new-password" value={next} onChange={(event) => setNext(event.target.value)} />
          )}
        </Field>
      </Form>
    </Panel>
  );
}
