import { useQuery } from '@tanstack/react-query';
import { modelsQuery } from '../../api/models';
import { useTeam } from '../../api/session';
import { useText } from '../../lib/text';
import type common from '../../text/en/common.json';
import type words from '../../text/en/tasks.json';
import { FilterChip } from '../../ui/chip';
import { Icon } from '../../ui/icon';
import { SearchField } from '../../ui/search-field';
import { Segmented } from '../../ui/segmented';
import { Select } from '../../ui/select';
import { Ring } from '../../ui/ring';
import css from './filters.module.css';

interface FiltersProps {
  readonly search: Readonly<Record<string, string | undefined>>;
  readonly running: number;
  readonly onChange: (change: Readonly<Record<string, string | undefined>>) => void;
}

const TYPES = ['', 'image', 'video', 'text'] as const;
const STATUSES = ['', 'queued', 'running', 'succeeded', 'failed', 'cancelled', 'expired'] as const;
const TIMES = ['', 'today', '7d', '30d'] as const;

/** The filters of a list of tasks. They live in the URL; each that has no control of its own is a chip that can be taken off. */
export function TaskFilters({ search: values, running, onChange }: FiltersProps) {
  const text = useText<typeof words>('tasks');
  const shared = useText<typeof common>('common');
  const team = useTeam();
  const { data: models = [] } = useQuery(modelsQuery(team, 'image'));
  const { data: videos = [] } = useQuery(modelsQuery(team, 'video'));
  const { data: texts = [] } = useQuery(modelsQuery(team, 'text'));
  const all = [...models, ...videos, ...texts].filter(({ modality }) => values['type'] === undefined || modality === values['type']);
  const set = (name: string) => (value: string) => onChange({ [name]: value === '' ? undefined : value, peek: undefined });
  return (
    <div className={css.filters} role="group" aria-label={text('filters')}>
      <Segmented
        label={text('type')}
        value={values['type'] ?? ''}
        onChange={set('type')}
        segments={TYPES.map((type) => ({ value: type, label: type === '' ? text('all') : shared(`nav.${type}`) }))}
      />
      <div className={css.choice}>
        <Select
          label={text('time')}
          value={values['time'] ?? ''}
          onChange={set('time')}
          choices={TIMES.map((time) => ({ value: time, label: text(`times.${time === '' ? 'all' : time}`) }))}
        />
      </div>
      <div className={css.choice}>
        <Select
          label={text('status')}
          value={values['status'] ?? ''}
          onChange={set('status')}
          choices={STATUSES.map((status) => ({ value: status, label: status === '' ? text('anyStatus') : shared(`status.${status}`) }))}
        />
      </div>
      <div className={css.choice}>
        <Select
          label={text('model')}
          value={values['model'] ?? ''}
          onChange={set('model')}
          choices={[{ value: '', label: text('anyModel') }, ...all.map(({ id, display_name: name }) => ({ value: id, label: name }))]}
        />
      </div>
      {(['template', 'campaign_id'] as const).map((name) => {
        const value = values[name];
        return value === undefined ? null : (
          <FilterChip
            key={name}
            name={text(`chips.${name}`)}
            value={value}
            removeLabel={text('removeFilter')}
            onRemove={() => set(name)('')}
          />
        );
      })}
      <div className={css.search}>
        <Icon name="search" size={16} />
        <SearchField label={text('search')} value={values['q'] ?? ''} onChange={(q) => onChange({ q: q === '' ? undefined : q })} />
      </div>
      {running === 0 ? null : (
        <span className={css.running}>
          <Ring progress={null} size={14} /> {text('running', { count: running })}
        </span>
      )}
    </div>
  );
}
