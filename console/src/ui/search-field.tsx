import { useEffect, useRef, useState } from 'react';
import { useSettled } from '../lib/delayed';
import { useHotkeys } from '../lib/hotkeys';
import { Input } from './input';

const SEARCH_AFTER_MS = 300;

interface SearchFieldProps {
  /** Its name, and what stands in it while it is empty. */
  readonly label: string;
  /** What is searched for now, as the URL has it; '': nothing. */
  readonly value: string;
  /** Told what was typed, without spaces at its ends, once typing has paused. */
  readonly onChange: (value: string) => void;
  readonly className?: string | undefined;
}

/** A field for words, which "/" reaches. A link that is followed changes it by its key: only what was typed changes the URL. */
export function SearchField({ label, value, onChange, className }: SearchFieldProps) {
  const field = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState(value);
  const settled = useSettled(typed.trim(), SEARCH_AFTER_MS);
  const latest = useRef(onChange);
  latest.current = onChange;
  const shown = useRef(value);
  shown.current = value;
  useEffect(() => {
    if (settled !== shown.current) latest.current(settled);
  }, [settled]);
  useHotkeys([{ keys: '/', label: 'search', run: () => field.current?.focus() }]);
  return (
    <Input
      ref={field}
      type="search"
      className={className}
      aria-label={label}
      placeholder={label}
      value={typed}
      onChange={(event) => setTyped(event.target.value)}
    />
  );
}
