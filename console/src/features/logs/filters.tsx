import { useText } from '../../lib/text';
import type common from '../../text/en/common.json';
import type words from '../../text/en/logs.json';
import { FilterChip } from '../../ui/chip';
import { SearchField } from '../../ui/search-field';
import { Segmented } from '../../ui/segmented';
import { Select } from '../../ui/select';
import css from './logs.module.css';
import { WINDOWS, type Window } from './window';

/** Filters without a control of their own: they come from links and are taken off here. */
export const CHIPS = [
  'team',
  'credential',
  'model',
  'provider',
  'error_code',
  'project',
  'member',
  'class',
  'endpoint',
  'min_cost_usd',
] as const;
const STATUSES = ['', 'succeeded', 'failed', 'cancelled', 'expired'] as const;

interface FiltersProps {
  readonly values: Readonly<Record<string, string | undefined>>;
  readonly window: Window;
  readonly onChange: (change: Readonly<Record<string, string | undefined>>) => void;
}

export function LogFilters({ values, window, onChange }: FiltersProps) {
  const text = useText<typeof words>('logs');
  const shared = useText<typeof common>('common');
  return (
    <div className={css.filters} role="group" aria-label={text('filters')}>
      <Segmented
        label={text('time')}
        value={window.name}
        onChange={(value) => onChange({ window: value, from: undefined, to: undefined })}
        segments={[
          ...WINDOWS.map((value) => ({ value: value, label: text(`windows.${value}`) })),
          ...(window.name === 'custom' ? [{ value: 'custom', label: text('windows.custom') }] : []),
        ]}
      />
      <div className={css.choice}>
        <Select
          label={text('columns.status')}
          value={values['status'] ?? ''}
          onChange={(value) => onChange({ status: value === '' ? undefined : value })}
          choices={STATUSES.map((value) => ({ value, label: value === '' ? text('anyStatus') : shared(`status.${value}`) }))}
        />
      </div>
      {CHIPS.map((name) => {
        const value = values[name];
        return value === undefined ? null : (
          <FilterChip
            key={name}
            name={text(`chips.${name}`)}
            value={value}
            removeLabel={text('removeFilter')}
            onRemove={() => onChange({ [name]: undefined })}
          />
        );
      })}
      <div className={css.search}>
        <SearchField
          label={text('search')}
          value={values['q'] ?? ''}
          onChange={(q) => onChange({ q: q === '' ? undefined : q, peek: undefined })}
        />
      </div>
    </div>
  );
}
