import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { importNoticesQuery } from '../../../api/imports';
import { copyText } from '../../../lib/clipboard';
import { useSettled } from '../../../lib/delayed';
import { useText } from '../../../lib/text';
import type words from '../../../text/en/migration.json';
import { note } from '../../../ui/announce';
import { Button } from '../../../ui/button';
import { Field } from '../../../ui/field';
import { FieldRow } from '../../../ui/form';
import { Input } from '../../../ui/input';
import { Panel } from '../../../ui/panel';
import { Loaded } from '../../../features/loaded/loaded';
import css from '../../../features/migration/migration.module.css';

/** Who types is not asked for at each letter. */
const ASK_AFTER_MS = 250;
const LANGUAGES = { en: 'en', zh: 'zh-CN' } as const;
const NOTHING = { from: '', until: '', contact: '' };

/** Notices to send, as the installation writes them: for who uses the old gateway and for who runs it, in both languages whatever the page's is. */
export function Notices({ id }: { readonly id: string }) {
  const text = useText<typeof words>('migration');
  const [facts, setFacts] = useState({ ...NOTHING, base_url: `${window.location.origin}/v1` });
  const notices = useQuery(importNoticesQuery(id, useSettled(facts, ASK_AFTER_MS)));
  const copy = (value: string): void => {
    void copyText(value).then(
      () => note(text('copied')),
      () => note(text('notCopied')),
    );
  };
  return (
    <Panel title={text('notices')}>
      <p className={css.faint}>{text('noticesAbout')}</p>
      <FieldRow>
        <Field label={text('fromDay')}>
          {(ids) => (
            <Input {...ids} type="date" value={facts.from} onChange={(event) => setFacts({ ...facts, from: event.target.value })} />
          )}
        </Field>
        <Field label={text('untilDay')}>
          {(ids) => (
            <Input {...ids} type="date" value={facts.until} onChange={(event) => setFacts({ ...facts, until: event.target.value })} />
          )}
        </Field>
        <Field label={text('address')}>
          {(ids) => (
            <Input
              {...ids}
              inputMode="url"
              value={facts.base_url}
              onChange={(event) => setFacts({ ...facts, base_url: event.target.value })}
            />
          )}
        </Field>
        <Field label={text('contact')}>
          {(ids) => <Input {...ids} value={facts.contact} onChange={(event) => setFacts({ ...facts, contact: event.target.value })} />}
        </Field>
      </FieldRow>
      <Loaded query={notices} rows={2} height={320}>
        {(written) => (
          <div className={css.split}>
            {written.map((notice) => {
              const name = `${text(`audiences.${notice.audience}`)} · ${text(`languages.${notice.lang}`)}`;
              return (
                <figure key={name} className={css.notice}>
                  <figcaption>
                    <span>{name}</span>
                    <Button size="dense" icon="copy" aria-label={text('copyOne', { name })} onClick={() => copy(notice.text)}>
                      {text('copy')}
                    </Button>
                  </figcaption>
                  <pre lang={LANGUAGES[notice.lang]} tabIndex={0} aria-label={name}>
                    {notice.text}
                  </pre>
                </figure>
              );
            })}
          </div>
        )}
      </Loaded>
    </Panel>
  );
}
