import { useQuery } from '@tanstack/react-query';
import { sessionsQuery } from '../../api/account';
import { useMe } from '../../api/session';
import { Loaded } from '../../features/loaded/loaded';
import { AccountForm } from '../../features/me/account-form';
import { PasswordForm } from '../../features/me/password-form';
import { Preferences } from '../../features/me/preferences';
import { Sessions } from '../../features/me/sessions';
import { chooseLanguage } from '../../lib/language';
import { useText } from '../../lib/text';
import type words from '../../text/en/me.json';
import { PageHeader } from '../../ui/page-header';
import { Chip } from '../../ui/chip';
import css from './page.module.css';

export function Page() {
  const text = useText<typeof words>('me');
  const me = useMe();
  const sessions = useQuery(sessionsQuery);
  return (
    <div className={css.page}>
      <PageHeader
        title={text('title')}
        about={
          <>
            {me.organisation_role === null ? null : <Chip>{text(`roles.${me.organisation_role}`)}</Chip>}{' '}
            {me.teams.map(({ name, role }) => (
              <Chip key={name}>{text('roleIn', { role: text(`roles.${role}`), team: name })}</Chip>
            ))}
          </>
        }
      />
      <div className={css.split}>
        <AccountForm onLanguage={(language) => void chooseLanguage(language)} />
        <PasswordForm />
        <Preferences />
      </div>
      <h2>{text('sessions')}</h2>
      <Loaded query={sessions}>{(rows) => <Sessions rows={rows} />}</Loaded>
    </div>
  );
}
