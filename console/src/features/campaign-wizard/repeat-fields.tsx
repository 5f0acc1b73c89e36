import { RHYTHMS, weekdayName, type Recurrence } from '../../lib/recurrence';
import { useLanguage, useText } from '../../lib/text';
import type words from '../../text/en/campaign-new.json';
import { Field } from '../../ui/field';
import { FieldRow } from '../../ui/form';
import { Input } from '../../ui/input';
import { Select } from '../../ui/select';
import type { Repeat } from './draft';

const WEEK = [1, 2, 3, 4, 5, 6, 0];
/** Every month has these. */
const DATES = Array.from({ length: 28 }, (_, index) => index + 1);

interface RepeatFieldsProps {
  readonly repeat: Repeat;
  readonly onChange: (repeat: Repeat) => void;
}

/** How often, at what time, and by whose clock. */
export function RepeatFields({ repeat, onChange }: RepeatFieldsProps) {
  const text = useText<typeof words>('campaign-new');
  const language = useLanguage();
  const set = (change: Partial<Recurrence> & { readonly zone?: string }): void => onChange({ ...repeat, ...change });
  return (
    <>
      <FieldRow>
        <Field label={text('start.every')}>
          {(ids) => (
            <Select
              {...ids}
              value={repeat.every}
              onChange={(every) => set({ every: RHYTHMS.find((one) => one === every) ?? 'day' })}
              choices={RHYTHMS.map((value) => ({ value, label: text(`start.rhythms.${value}`) }))}
            />
          )}
        </Field>
        {repeat.every === 'week' ? (
          <Field label={text('start.weekday')}>
            {(ids) => (
              <Select
                {...ids}
                value={String(repeat.weekday)}
                onChange={(value) => set({ weekday: Number(value) })}
                choices={WEEK.map((day) => ({ value: String(day), label: weekdayName(language, day) }))}
              />
            )}
          </Field>
        ) : null}
        {repeat.every === 'month' ? (
          <Field label={text('start.date')}>
            {(ids) => (
              <Select
                {...ids}
                value={String(repeat.date)}
                onChange={(value) => set({ date: Number(value) })}
                choices={DATES.map((date) => ({ value: String(date), label: String(date) }))}
              />
            )}
          </Field>
        ) : null}
        <Field label={text('start.time')} fault={repeat.at === '' ? text('start.timeFault') : null}>
          {(ids) => <Input {...ids} type="time" value={repeat.at} onChange={(event) => set({ at: event.target.value })} />}
        </Field>
      </FieldRow>
      <Field label={text('start.zone')} hint={text('start.repeatHint')}>
        {(ids) => (
          <Select
            {...ids}
            value={repeat.zone}
            onChange={(zone) => set({ zone })}
            choices={[...new Set(['UTC', repeat.zone, ...Intl.supportedValuesOf('timeZone')])].map((value) => ({ value, label: value }))}
          />
        )}
      </Field>
    </>
  );
}
