import { useState } from 'react';
import { useErrorText } from '../../api/errors';
import { useInvite, type TeamRole } from '../../api/team';
import { useText, LANGUAGES, type Language } from '../../lib/text';
import type common from '../../text/en/common.json';
import type words from '../../text/en/team.json';
import { Dialog } from '../../ui/dialog';
import { Field } from '../../ui/field';
import { FieldRow, Form } from '../../ui/form';
import { Input } from '../../ui/input';
import { SecretDialog } from '../../ui/secret-dialog';
import { Select } from '../../ui/select';
import { ROLES } from './roles';

/** Invites somebody into the team. The link is shown once, to be handed on: Atelier sends no mail of its own. */
export function InviteDialog({ team, onClose }: { readonly team: string; readonly onClose: () => void }) {
  const text = useText<typeof words>('team');
  const shared = useText<typeof common>('common');
  const errorText = useErrorText();
  const invite = useInvite(team);
  const [email, setEmail] = useState('');
  const [name, setName] = useState('');
  const [role, setRole] = useState<TeamRole>('creator');
  const [locale, setLocale] = useState<Language>('en');
  if (invite.data !== undefined) {
    return (
      <SecretDialog
        title={text('isInvited', { name: invite.data.name })}
        about={text('inviteLink')}
        label={text('link')}
        secret={invite.data.invite_url}
        onStored={onClose}
      />
    );
  }
  const send = (): void =>
    invite.mutate({ email: email.trim(), ...(name.trim() === '' ? {} : { name: name.trim() }), locale, teams: [{ name: team, role }] });
  return (
    <Dialog title={text('invite')} isOpen onClose={onClose}>
      <Form
        verb={text('inviteVerb')}
        isBusy={invite.isPending}
        isHeld={!/^\S+@\S+$/.test(email.trim())}
        fault={invite.error === null ? null : errorText(invite.error)}
        onSubmit={send}
        onCancel={onClose}
      >
        <Field label={shared('signIn.email')}>
          {(ids) => <Input {...ids} type="email" autoFocus value={email} onChange={(event) => setEmail(event.target.value)} />}
        </Field>
        <Field label={text('columns.name')}>
          {(ids) => <Input {...ids} value={name} onChange={(event) => setName(event.target.value)} />}
        </Field>
        <FieldRow>
          <Field label={text('columns.role')} hint={text(`roleAbout.${role}`)}>
            {(ids) => (
              <Select
                {...ids}
                value={role}
                onChange={(value) => setRole(value as TeamRole)}
                choices={ROLES.map((one) => ({ value: one, label: text(`roles.${one}`), about: text(`roleAbout.${one}`) }))}
              />
            )}
          </Field>
          <Field label={text('language')}>
            {(ids) => (
              <Select
                {...ids}
                value={locale}
                onChange={(value) => setLocale(value as Language)}
                choices={LANGUAGES.map((one) => ({ value: one, label: shared(`languages.${one}`) }))}
              />
            )}
          </Field>
        </FieldRow>
      </Form>
    </Dialog>
  );
}
