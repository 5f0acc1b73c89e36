import type { Alert } from '../../api/alerts';
import { useText } from '../../lib/text';
import type words from '../../text/en/alerts.json';
import { IconButton } from '../../ui/button';
import { Field, FieldGroup } from '../../ui/field';
import { FieldRow } from '../../ui/form';
import { Input } from '../../ui/input';
import { Select } from '../../ui/select';
import css from './alerts.module.css';
import { hostOf } from './host-of';
import { CHANNELS, type RuleDraft } from './rule-draft';

interface ChannelFieldsProps {
  readonly draft: RuleDraft;
  readonly onChange: (change: Partial<RuleDraft>) => void;
}

/** Whom a rule tells: the channels that it has, which can be taken away, and one more. */
export function ChannelFields({ draft, onChange }: ChannelFieldsProps) {
  const text = useText<typeof words>('alerts');
  const nameOf = ({ type, to, url }: Alert['channels'][number]): string => `${text(`channels.${type}`)} ${hostOf(to ?? url)}`;
  return (
    <>
      {draft.kept.length === 0 ? null : (
        <FieldGroup label={text('tells')}>
          {(labelId) => (
            <ul aria-labelledby={labelId} className={css.kept}>
              {draft.kept.map((one) => (
                <li key={one.id}>
                  <span>{nameOf(one)}</span>
                  <IconButton
                    name={text('removeChannel', { name: nameOf(one) })}
                    icon="close"
                    size="dense"
                    onClick={() => onChange({ kept: draft.kept.filter(({ id }) => id !== one.id) })}
                  />
                </li>
              ))}
            </ul>
          )}
        </FieldGroup>
      )}
      <FieldRow>
        <Field label={text(draft.kept.length === 0 ? 'tells' : 'tellsToo')}>
          {(ids) => (
            <Select
              {...ids}
              value={draft.channel}
              onChange={(value) => onChange({ channel: CHANNELS.find((one) => one === value) ?? 'slack' })}
              choices={CHANNELS.map((value) => ({ value, label: text(`channels.${value}`) }))}
            />
          )}
        </Field>
        <Field
          label={text(draft.channel === 'email' ? 'email' : 'url')}
          hint={text(draft.kept.length === 0 ? 'whereHint' : 'whereHintMore')}
        >
          {(ids) => <Input {...ids} value={draft.where} onChange={(event) => onChange({ where: event.target.value })} />}
        </Field>
      </FieldRow>
    </>
  );
}
