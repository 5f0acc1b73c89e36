import { useQuery, useQueryClient } from '@tanstack/react-query';
import { leaveForSignIn, meQuery, signInOptionsQuery } from '../../api/session';
import { SignInForm } from '../../features/sign-in/sign-in-form';
import { useGo } from '../../lib/go';
import { usePageSearch } from '../../lib/page';
import { safeNext } from '../../lib/paths';
import { LANGUAGES, changeLanguage, useLanguage, useText } from '../../lib/text';
import { writeStored } from '../../lib/preferences';
import type words from '../../text/en/sign-in.json';
import { Mark } from '../../ui/mark';
import { PageHeader } from '../../ui/page-header';
import { Segmented } from '../../ui/segmented';
import css from './page.module.css';
import { page } from './route';

export function Page() {
  const text = useText<typeof words>('sign-in');
  const [{ next }] = usePageSearch(page);
  const language = useLanguage();
  const go = useGo();
  const client = useQueryClient();
  const { data: options } = useQuery(signInOptionsQuery);
  const onwards = safeNext(next) ?? '/';

  return (
    <main className={css.page}>
      <div className={css.form}>
        <Mark size={36} />
        <PageHeader title={text('title')} />
        <SignInForm
          onDone={(me) => {
            client.setQueryData(meQuery.queryKey, me);
            go(onwards, 'replace');
          }}
        />
        {options?.oidc === null || options === undefined ? null : (
          <a
            className={css.sso}
            onClick={leaveForSignIn}
            href={`${options.oidc.start_url}?next=${encodeURIComponent(`/console${onwards}`)}`}
          >
            {text('sso')}
          </a>
        )}
        {options?.first_run === true ? <p className={css.hint}>{text('firstRun')}</p> : null}
        <Segmented
          label={text('language')}
          value={language}
          onChange={(value) => {
            const chosen = value === 'zh' ? 'zh' : 'en';
            writeStored('atelier.language', chosen);
            void changeLanguage(chosen);
          }}
          segments={LANGUAGES.map((value) => ({ value, label: value === 'zh' ? '中文' : 'English' }))}
        />
      </div>
      <div className={css.table} aria-hidden="true" />
    </main>
  );
}
