import { useState } from 'react';
import { useChangeMe } from '../../api/account';
import { useErrorText } from '../../api/errors';
import { useMe } from '../../api/session';
import { LANGUAGES, useText, type Language } from '../../lib/text';
import type common from '../../text/en/common.json';
import type words from '../../text/en/me.json';
import { note } from '../../ui/announce';
import { Field } from '../../ui/field';
import { Form } from '../../ui/form';
import { Input } from '../../ui/input';
import { Panel } from '../../ui/panel';
import { Select } from '../../ui/select';

/** Name, language and time zone. @param onLanguage - the page follows the language that was saved */
export function AccountForm({ onLanguage }: { readonly onLanguage: (language: Language) => void }) {
  const text = useText<typeof words>('me');
  const shared = useText<typeof common>('common');
  const errorText = useErrorText();
  const { user } = useMe();
  const change = useChangeMe();
  const [name, setName] = useState(user.name);
  const [locale, setLocale] = useState<Language>(user.locale);
  const [zone, setZone] = useState(user.time_zone ?? '');
  const save = (): void =>
    change.mutate(
      { name: name.trim(), locale, time_zone: zone === '' ? null : zone },
      {
        onSuccess: () => {
          onLanguage(locale);
          note(text('saved'));
        },
      },
    );
  return (
    <Panel title={text('account')}>
      <Form
        verb={shared('verbs.save')}
        isBusy={change.isPending}
        isHeld={name.trim() === ''}
        fault={change.error === null ? null : errorText(change.error)}
        onSubmit={save}
      >
        <Field label={text('name')} hint={user.email}>
          {(ids) => <Input {...ids} value={name} onChange={(event) => setName(event.target.value)} />}
        </Field>
        <Field label={text('language')} hint={text('languageHint')}>
          {(ids) => (
            <Select
              {...ids}
              value={locale}
              onChange={(value) => setLocale(value as Language)}
              choices={LANGUAGES.map((value) => ({ value, label: shared(`languages.${value}`) }))}
            />
          )}
        </Field>
        <Field label={text('zone')}>
          {(ids) => (
            <Select
              {...ids}
              value={zone}
              onChange={setZone}
              choices={[
                { value: '', label: text('zoneOfBrowser') },
                ...Intl.supportedValuesOf('timeZone').map((value) => ({ value, label: value })),
              ]}
            />
          )}
        </Field>
      </Form>
    </Panel>
  );
}
