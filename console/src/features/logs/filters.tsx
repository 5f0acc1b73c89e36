import { useEffect, useRef, useState } from 'react';
import { useSettled } from '../../lib/delayed';
import { useHotkeys } from '../../lib/hotkeys';
import { useText } from '../../lib/text';
import type common from '../../text/en/common.json';
import type words from '../../text/en/logs.json';
import { FilterChip } from '../../ui/chip';
import { Input } from '../../ui/input';
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
const SEARCH_AFTER_MS = 350;

interface FiltersProps {
  readonly values: Readonly<Record<string, string | undefined>>;
  readonly window: Window;
  readonly onChange: (change: Readonly<Record<string, string | undefined>>) => void;
}

export function LogFilters({ values, window, onChange }: FiltersProps) {
  const text = useText<typeof words>('logs');
  const shared = useText<typeof common>('common');
  const search = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState(values['q'] ?? '');
  const settled = useSettled(typed.trim(), SEARCH_AFTER_MS);
  const latest = useRef(onChange);
  latest.current = onChange;
  const shown = values['q'] ?? '';
  useEffect(() => {
    if (settled !== shown) latest.current({ q: settled === '' ? undefined : settled, peek: undefined });
    // Only what was typed changes the URL.
  }, [settled]);
  useHotkeys([{ keys: '/', label: 'search', run: () => search.current?.focus() }]);
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
        <Input
          ref={search}
          type="search"
          aria-label={text('search')}
          placeholder={text('search')}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
      </div>
    </div>
  );
}
