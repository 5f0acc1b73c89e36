import { useState } from 'react';
import { useErrorText } from '../../api/errors';
import { useSetNotice } from '../../api/operations';
import { useText } from '../../lib/text';
import type words from '../../text/en/operations.json';
import { note } from '../../ui/announce';
import { Button } from '../../ui/button';
import { Field } from '../../ui/field';
import { FieldRow, Form } from '../../ui/form';
import { Input, TextArea } from '../../ui/input';
import { Panel } from '../../ui/panel';
import { Select } from '../../ui/select';

const LEVELS = ['info', 'maintenance', 'degraded', 'outage'] as const;
type Level = (typeof LEVELS)[number];

interface NoticeFormProps {
  /** What the status page says now. */
  readonly notice: {
    readonly level: Level;
    readonly text: { readonly en?: string; readonly zh?: string };
    readonly until: string | null;
  } | null;
}

/** A sentence on the public status page, in the languages of its readers, until a time. */
export function NoticeForm({ notice }: NoticeFormProps) {
  const text = useText<typeof words>('operations');
  const errorText = useErrorText();
  const set = useSetNotice();
  const [level, setLevel] = useState<Level>(notice?.level ?? 'info');
  const [en, setEn] = useState(notice?.text.en ?? '');
  const [zh, setZh] = useState(notice?.text.zh ?? '');
  const [until, setUntil] = useState('');
  const isSaid = en.trim() !== '' || zh.trim() !== '';
  const send = (): void =>
    set.mutate(
      {
        level,
        text: { ...(en.trim() === '' ? {} : { en: en.trim() }), ...(zh.trim() === '' ? {} : { zh: zh.trim() }) },
        until: until === '' ? null : new Date(until).toISOString(),
      },
      { onSuccess: () => note(text('status.saved')) },
    );
  return (
    <Panel title={text('status.notice')}>
      <Form
        verb={text('status.publish')}
        isBusy={set.isPending}
        isHeld={!isSaid}
        fault={set.error === null ? null : errorText(set.error)}
        onSubmit={send}
      >
        <FieldRow>
          <Field label={text('status.level')}>
            {(ids) => (
              <Select
                {...ids}
                value={level}
                onChange={(value) => setLevel(LEVELS.find((one) => one === value) ?? 'info')}
                choices={LEVELS.map((value) => ({ value, label: text(`status.levels.${value}`) }))}
              />
            )}
          </Field>
          <Field label={text('status.until')} hint={text('status.untilHint')}>
            {(ids) => <Input {...ids} type="datetime-local" value={until} onChange={(event) => setUntil(event.target.value)} />}
          </Field>
        </FieldRow>
        <Field label={text('status.en')}>
          {(ids) => <TextArea {...ids} lang="en" rows={3} maxLength={2000} value={en} onChange={(event) => setEn(event.target.value)} />}
        </Field>
        <Field label={text('status.zh')}>
          {(ids) => <TextArea {...ids} lang="zh" rows={3} maxLength={2000} value={zh} onChange={(event) => setZh(event.target.value)} />}
        </Field>
        {notice === null ? null : (
          <Button disabled={set.isPending} onClick={() => set.mutate(null, { onSuccess: () => note(text('status.taken')) })}>
            {text('status.takeAway')}
          </Button>
        )}
      </Form>
    </Panel>
  );
}
