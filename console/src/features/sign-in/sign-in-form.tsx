import { useState, type SubmitEvent } from 'react';
import { useErrorText } from '../../api/errors';
import { useSignIn, type Me } from '../../api/session';
import { useText } from '../../lib/text';
import type words from '../../text/en/common.json';
import { Button } from '../../ui/button';
import { Field } from '../../ui/field';
import { Input } from '../../ui/input';
import css from './sign-in-form.module.css';

/** E-mail and password. @param email - of whoever signs in again */
export function SignInForm({ email: known = '', onDone }: { readonly email?: string; readonly onDone: (me: Me) => void }) {
  const text = useText<typeof words>('common');
  const errorText = useErrorText();
  const signIn = useSignIn();
  const [email, setEmail] = useState(known);
  const [password, setPassword] = useState('');
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    signIn.mutate({ email, password }, { onSuccess: onDone });
  };
  return (
    <form className={css.form} onSubmit={submit}>
      <Field label={text('signIn.email')}>
        {(ids) => (
          <Input
            {...ids}
            type="email"
            name="email"
            autoComplete="username"
            required
            value={email}
            autoFocus={known === ''}
            onChange={(event) => setEmail(event.target.value)}
          />
        )}
      </Field>
      <Field label={text('signIn.password')} fault={signIn.error === null ? null : errorText(signIn.error)}>
        {(ids) => (
          <Input
            {...ids}
            type="password"
            name="password"
            autoComplete="current-password"
            required
            value={password}
            autoFocus={known !== ''}
            onChange={(event) => setPassword(event.target.value)}
          />
        )}
      </Field>
      <Button type="submit" kind="primary" size="big" disabled={signIn.isPending}>
        {text('verbs.signIn')}
      </Button>
    </form>
  );
}
