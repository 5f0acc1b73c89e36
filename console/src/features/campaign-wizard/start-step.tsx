import { useMe } from '../../api/session';
import { useFormat } from '../../lib/format';
import { useText } from '../../lib/text';
import type words from '../../text/en/campaign-new.json';
import { Facts } from '../../ui/facts';
import { Field, FieldGroup } from '../../ui/field';
import { Input } from '../../ui/input';
import { Panel } from '../../ui/panel';
import { Segmented } from '../../ui/segmented';
import { Notice } from '../../ui/states';
import { isAmount, type Repeat, type WizardDraft } from './draft';
import type { Survey } from './faults';
import { RepeatFields } from './repeat-fields';
import css from './wizard.module.css';

interface StartStepProps {
  readonly draft: WizardDraft;
  readonly survey: Survey;
  /** How many rows wait behind the trial; null: there was none. */
  readonly rest: number | null;
  readonly onChange: (change: Partial<WizardDraft>) => void;
}

export const isToCome = (at: string): boolean => Date.parse(at) > Date.now();

const inAnHour = (): string => {
  const date = new Date(Date.now() + 3_600_000);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
};

/** Mondays at nine, by the clock of the person. */
const usualRepeat = (zone: string | null): Repeat => ({
  every: 'week',
  at: '09:00',
  weekday: 1,
  date: 1,
  zone: zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
});

/** Once more what will happen, and when. */
export function StartStep({ draft, survey, rest, onChange }: StartStepProps) {
  const text = useText<typeof words>('campaign-new');
  const format = useFormat();
  const { user } = useMe();
  const { startAt, repeat } = draft;
  const when = repeat !== null ? 'repeat' : startAt === '' ? 'now' : 'later';
  const choose = (next: string): void =>
    onChange({ startAt: next === 'later' ? inAnHour() : '', repeat: next === 'repeat' ? usualRepeat(user.time_zone) : null });
  const bad = survey.estimate?.invalid ?? 0;
  return (
    <div className={css.main}>
      {bad === 0 || rest !== null ? null : <Notice tone="danger">{text('start.bad', { count: bad })}</Notice>}
      <Panel title={text('start.title')}>
        <Facts
          rows={[
            [text('start.name'), draft.name.trim() === '' ? text('start.noName') : draft.name],
            [text('start.file'), draft.fileName],
            [text('start.limit'), isAmount(draft.budget) ? format.money(draft.budget) : text('start.noLimit')],
          ]}
        />
        {rest === null ? (
          <FieldGroup label={text('start.when')}>
            {(labelId) => (
              <Segmented
                labelId={labelId}
                value={when}
                onChange={choose}
                segments={[
                  { value: 'now', label: text('start.now') },
                  { value: 'later', label: text('start.later') },
                  { value: 'repeat', label: text('start.repeat') },
                ]}
              />
            )}
          </FieldGroup>
        ) : (
          <p>{text('start.rest', { rest })}</p>
        )}
        {repeat === null || rest !== null ? null : <RepeatFields repeat={repeat} onChange={(next) => onChange({ repeat: next })} />}
        {startAt === '' || rest !== null ? null : (
          <Field label={text('start.at')} fault={isToCome(startAt) ? null : text('start.atFault')} className={css.short}>
            {(ids) => (
              <Input {...ids} type="datetime-local" value={startAt} onChange={(event) => onChange({ startAt: event.target.value })} />
            )}
          </Field>
        )}
      </Panel>
    </div>
  );
}
