import { useState } from 'react';
import { useErrorText } from '../../api/errors';
import { useSetRetention, type Retention, type RetentionRule } from '../../api/operations';
import { useText } from '../../lib/text';
import type words from '../../text/en/operations.json';
import { note } from '../../ui/announce';
import { Button } from '../../ui/button';
import { Input } from '../../ui/input';
import { Notice } from '../../ui/states';
import { Table } from '../../ui/table';
import css from './operations.module.css';

type Rule = Retention['rules'][number];

/** How long each kind is kept: in the whole installation by hand here, for single teams and classes as their rules say. */
export function RetentionForm({ retention, mayManage }: { readonly retention: Retention; readonly mayManage: boolean }) {
  const text = useText<typeof words>('operations');
  const errorText = useErrorText();
  const set = useSetRetention();
  const general = (kind: string): Rule | undefined =>
    retention.rules.find((rule) => rule.kind === kind && rule.team === null && rule.class === null);
  const shown = (days: number | null | undefined): string => (days === null || days === undefined ? '' : String(days));
  const before = Object.fromEntries(
    retention.kinds.map(({ kind, default_days: usual }) => {
      const rule = general(kind);
      return [kind, shown(rule === undefined ? usual : rule.days)];
    }),
  );
  const [days, setDays] = useState<Readonly<Record<string, string>>>(before);
  const changed = retention.kinds.filter(({ kind }) => days[kind] !== before[kind]);
  const areDays = retention.kinds.every(({ kind }) => /^([1-9]\d{0,4})?$/.test((days[kind] ?? '').trim()));
  const save = (): void => {
    const names = changed.map(({ kind }) => kind);
    const kept: RetentionRule[] = retention.rules
      .filter((rule) => rule.managed_by === 'api' && !(names.includes(rule.kind) && rule.team === null && rule.class === null))
      .map(({ kind, team, class: keyClass, days: after }) => ({ kind, team, class: keyClass, days: after }));
    const next = changed.map(({ kind }): RetentionRule => ({ kind, days: toDays(days[kind] ?? '') }));
    set.mutate([...kept, ...next], { onSuccess: () => note(text('retention.saved')) });
  };
  return (
    <>
      <Table
        label={text('retention.title')}
        rows={retention.kinds}
        keyOf={({ kind }) => kind}
        columns={[
          {
            key: 'kind',
            name: text('retention.kind'),
            cell: ({ kind }) => (
              <>
                <strong>{text(`retention.kinds.${kind}`)}</strong>
                <div className={css.faint}>{text(`retention.what.${kind}`)}</div>
              </>
            ),
          },
          {
            key: 'days',
            name: text('retention.days'),
            cell: ({ kind }) =>
              !mayManage || general(kind)?.managed_by === 'file' ? (
                days[kind] === '' ? (
                  text('retention.forever')
                ) : (
                  text('retention.ofDays', { count: Number(days[kind]) })
                )
              ) : (
                <Input
                  className={css.days}
                  inputMode="numeric"
                  aria-label={text('retention.daysOf', { kind: text(`retention.kinds.${kind}`) })}
                  placeholder={text('retention.forever')}
                  value={days[kind] ?? ''}
                  onChange={(event) => setDays({ ...days, [kind]: event.target.value })}
                />
              ),
          },
          {
            key: 'narrower',
            name: text('retention.narrower'),
            cell: ({ kind }) => {
              const rules = retention.rules.filter((rule) => rule.kind === kind && (rule.team !== null || rule.class !== null));
              if (rules.length === 0) return '–';
              return rules.map((rule) => (
                <div key={`${rule.team ?? ''} ${rule.class ?? ''}`}>
                  {[rule.team, rule.class].filter((part) => part !== null).join(' / ')}
                  {' · '}
                  {rule.days === null ? text('retention.forever') : text('retention.ofDays', { count: rule.days })}
                </div>
              ));
            },
          },
        ]}
      />
      {set.error === null ? null : <Notice tone="danger">{errorText(set.error)}</Notice>}
      {areDays ? null : <Notice tone="warn">{text('retention.fault')}</Notice>}
      {mayManage ? (
        <div className={css.verbs}>
          <span className={css.faint}>{text('retention.hint')}</span>
          <Button kind="primary" disabled={changed.length === 0 || !areDays || set.isPending} onClick={save}>
            {text('retention.save')}
          </Button>
        </div>
      ) : null}
    </>
  );
}

const toDays = (value: string): number | null => (value.trim() === '' ? null : Number(value));
