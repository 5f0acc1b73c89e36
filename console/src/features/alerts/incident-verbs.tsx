import { useState } from 'react';
import { useAcknowledge, useNote, useResolve, type Incident } from '../../api/alerts';
import { useErrorText } from '../../api/errors';
import { LANGUAGES, useLanguage, useText, type Language } from '../../lib/text';
import type common from '../../text/en/common.json';
import type words from '../../text/en/alerts.json';
import { note } from '../../ui/announce';
import { Button } from '../../ui/button';
import { Confirm } from '../../ui/confirm';
import { Dialog } from '../../ui/dialog';
import { Field } from '../../ui/field';
import { FieldRow, Form } from '../../ui/form';
import { TextArea } from '../../ui/input';
import { Select } from '../../ui/select';

const AUDIENCES = ['operators', 'users', 'public'] as const;

/** Acknowledge, note, resolve. */
export function IncidentVerbs({ incident }: { readonly incident: Incident }) {
  const text = useText<typeof words>('alerts');
  const errorText = useErrorText();
  const acknowledge = useAcknowledge();
  const resolve = useResolve();
  const [open, setOpen] = useState<'note' | 'resolve' | null>(null);
  const { id, state } = incident;
  const close = (): void => setOpen(null);
  return (
    <>
      {state === 'open' ? (
        <Button
          kind="primary"
          icon="check"
          disabled={acknowledge.isPending}
          onClick={() => acknowledge.mutate(id, { onError: (error) => note(errorText(error)) })}
        >
          {text('acknowledge')}
        </Button>
      ) : null}
      <Button icon="draft" onClick={() => setOpen('note')}>
        {text('writeNote')}
      </Button>
      {state === 'resolved' ? null : (
        <Button icon="allDone" onClick={() => setOpen('resolve')}>
          {text('resolve')}
        </Button>
      )}
      {open === 'note' ? <NoteDialog incident={incident} onClose={close} /> : null}
      {open === 'resolve' ? (
        <Confirm
          title={text('resolveTitle')}
          about={text('resolveAbout')}
          verb={text('resolve')}
          isBusy={resolve.isPending}
          fault={resolve.error === null ? null : errorText(resolve.error)}
          onConfirm={() => resolve.mutate(id, { onSuccess: close })}
          onClose={close}
        />
      ) : null}
    </>
  );
}

function NoteDialog({ incident, onClose }: { readonly incident: Incident; readonly onClose: () => void }) {
  const text = useText<typeof words>('alerts');
  const shared = useText<typeof common>('common');
  const errorText = useErrorText();
  const send = useNote();
  const own = useLanguage();
  const [typed, setTyped] = useState(incident.note?.text ?? '');
  const [audience, setAudience] = useState<(typeof AUDIENCES)[number]>(incident.note?.audience ?? 'operators');
  const [lang, setLang] = useState<Language>(incident.note?.lang ?? own);
  return (
    <Dialog title={text('writeNote')} isOpen onClose={onClose}>
      <Form
        verb={shared('verbs.save')}
        isBusy={send.isPending}
        isHeld={typed.trim() === ''}
        fault={send.error === null ? null : errorText(send.error)}
        onSubmit={() => send.mutate({ id: incident.id, audience, lang, text: typed.trim() }, { onSuccess: onClose })}
        onCancel={onClose}
      >
        <Field label={text('note')}>
          {(ids) => <TextArea {...ids} autoFocus value={typed} onChange={(event) => setTyped(event.target.value)} />}
        </Field>
        <FieldRow>
          <Field label={text('audience')} hint={text(`audiences.${audience}`)}>
            {(ids) => (
              <Select
                {...ids}
                value={audience}
                onChange={(value) => setAudience(value as 'users')}
                choices={AUDIENCES.map((value) => ({ value, label: text(`audienceNames.${value}`) }))}
              />
            )}
          </Field>
          <Field label={text('language')}>
            {(ids) => (
              <Select
                {...ids}
                value={lang}
                onChange={(value) => setLang(value as Language)}
                choices={LANGUAGES.map((value) => ({ value, label: shared(`languages.${value}`) }))}
              />
            )}
          </Field>
        </FieldRow>
      </Form>
    </Dialog>
  );
}
