import { useSyncExternalStore } from 'react';
import css from './announce.module.css';
import { IconButton } from './button';

/** One live region for all: at most one sentence at a time, the newest. */
let current: {
  readonly text: string;
  readonly isSeen: boolean;
  readonly action?: { readonly label: string; readonly run: () => void };
} | null = null;
const listeners = new Set<() => void>();
const SHOWN_MS = 6_000;
let timer: ReturnType<typeof setTimeout> | undefined;

function set(next: typeof current, forMs: number | null): void {
  current = next;
  clearTimeout(timer);
  if (forMs !== null) timer = setTimeout(() => set(null, null), forMs);
  for (const listener of listeners) listener();
}

/** Says something to screen readers alone: "2 of 4 finished". */
export function announce(text: string): void {
  if (current?.isSeen !== true) set({ text, isSeen: false }, SHOWN_MS);
}

/** Shows a short note at the foot of the page, for what has no place of its own on it. With an action it stays until it is closed. */
export function note(text: string, action?: { readonly label: string; readonly run: () => void }): void {
  set({ text, isSeen: true, ...(action && { action }) }, action === undefined ? SHOWN_MS : null);
}

export function Announcer({ closeLabel }: { readonly closeLabel: string }) {
  const shown = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => current,
  );
  return (
    <div role="status" aria-live="polite" className={shown?.isSeen === true ? css.note : 'unseen'}>
      <span>{shown?.text}</span>
      {shown?.action === undefined ? null : (
        <button type="button" className={css.action} onClick={shown.action.run}>
          {shown.action.label}
        </button>
      )}
      {shown?.isSeen === true ? (
        <IconButton name={closeLabel} icon="close" size="dense" className={css.close} onClick={() => set(null, null)} />
      ) : null}
    </div>
  );
}
