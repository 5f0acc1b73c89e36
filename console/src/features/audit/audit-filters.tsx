import { useEffect, useRef, useState } from 'react';
import { useSettled } from '../../lib/delayed';
import { useText } from '../../lib/text';
import type words from '../../text/en/audit.json';
import { Field } from '../../ui/field';
import { FieldRow } from '../../ui/form';
import { Input } from '../../ui/input';

const NAMES = ['actor', 'action', 'object', 'from', 'to'] as const;
type Name = (typeof NAMES)[number];
const AFTER_MS = 400;

interface AuditFiltersProps {
  readonly values: Readonly<Record<string, string | undefined>>;
  readonly onChange: (change: Readonly<Record<string, string | undefined>>) => void;
}

/** By whom, what, on what, and when; each lives in the URL. */
export function AuditFilters({ values, onChange }: AuditFiltersProps) {
  const text = useText<typeof words>('audit');
  const [typed, setTyped] = useState<Readonly<Record<Name, string>>>(
    () => Object.fromEntries(NAMES.map((name) => [name, values[name] ?? ''])) as Record<Name, string>,
  );
  const settled = useSettled(typed, AFTER_MS);
  const latest = useRef(onChange);
  latest.current = onChange;
  useEffect(() => {
    latest.current(Object.fromEntries(NAMES.map((name) => [name, settled[name].trim() === '' ? undefined : settled[name].trim()])));
    // Only what was typed changes the URL.
  }, [settled]);
  return (
    <div role="group" aria-label={text('filters')}>
      <FieldRow>
        {NAMES.map((name) => (
          <Field key={name} label={text(name)}>
            {(ids) => (
              <Input
                {...ids}
                type={name === 'from' || name === 'to' ? 'date' : 'text'}
                value={typed[name]}
                onChange={(event) => setTyped({ ...typed, [name]: event.target.value })}
              />
            )}
          </Field>
        ))}
      </FieldRow>
    </div>
  );
}
