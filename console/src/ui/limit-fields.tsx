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

/** What a bound may be made of: dollars, as the API takes them with at most six digits after the point, or a number of things. */
const KINDS = {
  money: { pattern: /^\d{1,12}(\.\d{1,6})?$/, inputMode: 'decimal' },
  count: { pattern: /^[1-9]\d{0,8}$/, inputMode: 'numeric' },
} as const;
type Kind = keyof typeof KINDS;

/** Whether it can be sent as it is typed; empty: no bound. */
export const isBound = (kind: Kind, value: string): boolean => value.trim() === '' || KINDS[kind].pattern.test(value.trim());

export const areLimits = (limits: Limits): boolean => PERIODS.every((period) => isBound('money', limits[period]));

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

/** One bound; what cannot be one says so below. */
export function BoundField({
  kind,
  label,
  value,
  onChange,
}: {
  readonly kind: Kind;
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}) {
  const text = useText<typeof words>('common');
  return (
    <Field label={label} fault={isBound(kind, value) ? null : text(`limits.faults.${kind}`)}>
      {(ids) => (
        <Input
          {...ids}
          inputMode={KINDS[kind].inputMode}
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
        <BoundField
          key={period}
          kind="money"
          label={text(`limits.${period}`)}
          value={limits[period]}
          onChange={(value) => onChange({ ...limits, [period]: value })}
        />
      ))}
    </FieldRow>
  );
}
