import { useState } from 'react';
import { useErrorText } from '../../api/errors';
import { usePlaceHold } from '../../api/holds';
import { useTeams } from '../../api/session';
import { useText } from '../../lib/text';
import type words from '../../text/en/holds.json';
import { Dialog } from '../../ui/dialog';
import { Field, FieldGroup } from '../../ui/field';
import { Form } from '../../ui/form';
import { Input, TextArea } from '../../ui/input';
import { Segmented } from '../../ui/segmented';
import { Select } from '../../ui/select';

const KINDS = ['team', 'task', 'campaign'] as const;
type Kind = (typeof KINDS)[number];

/** A new hold: on what, and why; both stand in the audit log. */
export function HoldDialog({ onClose }: { readonly onClose: () => void }) {
  const text = useText<typeof words>('holds');
  const errorText = useErrorText();
  const teams = useTeams();
  const place = usePlaceHold();
  const [kind, setKind] = useState<Kind>('team');
  const [team, setTeam] = useState(teams[0] ?? '');
  const [id, setId] = useState('');
  const [reason, setReason] = useState('');
  const on = kind === 'team' ? team : id.trim();
  return (
    <Dialog title={text('place')} isOpen isWide onClose={onClose}>
      <Form
        verb={text('placeVerb')}
        isBusy={place.isPending}
        isHeld={on === '' || reason.trim() === ''}
        fault={place.error === null ? null : errorText(place.error)}
        onSubmit={() => place.mutate({ [kind]: on, reason: reason.trim() }, { onSuccess: onClose })}
        onCancel={onClose}
      >
        <FieldGroup label={text('kind')}>
          {(labelId) => (
            <Segmented
              labelId={labelId}
              value={kind}
              onChange={(value) => setKind(KINDS.find((one) => one === value) ?? 'team')}
              segments={KINDS.map((value) => ({ value, label: text(`kinds.${value}`) }))}
            />
          )}
        </FieldGroup>
        {kind === 'team' ? (
          <Field label={text('team')} hint={text('what.team')}>
            {(ids) => <Select {...ids} value={team} onChange={setTeam} choices={teams.map((value) => ({ value, label: value }))} />}
          </Field>
        ) : (
          <Field label={text('id')} hint={text(`what.${kind}`)}>
            {(ids) => <Input {...ids} value={id} onChange={(event) => setId(event.target.value)} />}
          </Field>
        )}
        <Field label={text('reason')} hint={text('reasonHint')}>
          {(ids) => <TextArea {...ids} rows={2} maxLength={500} value={reason} onChange={(event) => setReason(event.target.value)} />}
        </Field>
      </Form>
    </Dialog>
  );
}
