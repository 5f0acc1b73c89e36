import { useText } from '../../lib/text';
import type words from '../../text/en/credentials.json';
import { Select } from '../../ui/select';
import css from './credentials.module.css';
import { CLASSES } from './key-fields';

const STATES = ['active', 'expired', 'revoked', 'all'] as const;

export function KeyFilters({
  state,
  keyClass,
  onChange,
}: {
  readonly state: string;
  readonly keyClass: string;
  readonly onChange: (change: { readonly state?: string | undefined; readonly class?: string | undefined }) => void;
}) {
  const text = useText<typeof words>('credentials');
  return (
    <div className={css.filters} role="group" aria-label={text('filters')}>
      <Select
        label={text('state')}
        value={state}
        onChange={(value) => onChange({ state: value === 'active' ? undefined : value })}
        choices={STATES.map((value) => ({ value, label: text(`states.${value}`) }))}
      />
      <Select
        label={text('class')}
        value={keyClass}
        onChange={(value) => onChange({ class: value === '' ? undefined : value })}
        choices={[{ value: '', label: text('anyClass') }, ...CLASSES.map((value) => ({ value, label: text(`classes.${value}`) }))]}
      />
    </div>
  );
}
