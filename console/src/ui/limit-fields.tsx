import { useText } from '../lib/text';
import type words from '../text/en/common.json';
import { Field } from './field';
import { FieldRow } from './form';
import { Input } from './input';

/** Limits as they are typed: dollars, empty for none. */
export interface Limits {
  readonly total: string;
  readonly monthly: string;
  readonly daily: string;
}

export const NO_LIMITS: Limits = { total: '', monthly: '', daily: '' };
const PERIODS = ['total', 'monthly', 'daily'] as const;

/** An amount that the API takes: digits, with a point before at most six more. */
const isAmount = (value: string): boolean => value.trim() === '' || /^\d{1,12}(\.\d{1,6})?$/.test(value.trim());

export const areLimits = (limits: Limits): boolean => PERIODS.every((period) => isAmount(limits[period]));

export const limitsOf = (from: { readonly [period in keyof Limits]: string | null } | null | undefined): Limits => ({
  total: from?.total ?? '',
  monthly: from?.monthly ?? '',
  daily: from?.daily ?? '',
});

/** As the API takes them; null takes a limit away. */
export const limitsToSend = (limits: Limits): { readonly [period in keyof Limits]: string | null } => ({
  total: orNull(limits.total),
  monthly: orNull(limits.monthly),
  daily: orNull(limits.daily),
});

export const orNull = (value: string): string | null => (value.trim() === '' ? null : value.trim());

/** One amount of dollars. */
export function MoneyField({
  label,
  value,
  onChange,
}: {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}) {
  const text = useText<typeof words>('common');
  return (
    <Field label={label} fault={isAmount(value) ? null : text('limits.fault')}>
      {(ids) => (
        <Input
          {...ids}
          inputMode="decimal"
          placeholder={text('limits.none')}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}

/** In all, by month and by day, in US dollars. */
export function LimitFields({ limits, onChange }: { readonly limits: Limits; readonly onChange: (limits: Limits) => void }) {
  const text = useText<typeof words>('common');
  return (
    <FieldRow>
      {PERIODS.map((period) => (
        <MoneyField
          key={period}
          label={text(`limits.${period}`)}
          value={limits[period]}
          onChange={(value) => onChange({ ...limits, [period]: value })}
        />
      ))}
    </FieldRow>
  );
}
