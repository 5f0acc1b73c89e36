import { useEffect, useRef } from 'react';
import { readStored } from './preferences';

/** A key and what it does. `label` is a key of the text file `common`, under `keys`. */
export interface Hotkey {
  /** "j", "?", "Mod+Enter" (Command on Apple, else Control), "Shift+Mod+Enter", "Alt+ArrowUp", "g t" (one after the other). */
  readonly keys: string;
  readonly label: string;
  readonly run: (event: KeyboardEvent) => void;
  /** Also while a field has the focus: only for keys with Mod or Alt. */
  readonly inFields?: boolean;
}

const registry = new Set<readonly Hotkey[]>();
const SEQUENCE_MS = 1_000;
/** Single keys can be switched off: speech input types them (WCAG 2.1.4). */
export const SINGLE_KEYS = 'atelier.single-keys';
let lead: { readonly key: string; readonly at: number } | null = null;

/** All keys of what is on the page, the innermost first; the help is written from this. */
export function hotkeysNow(): readonly Hotkey[] {
  return [...registry].reverse().flat();
}

/** Registers keys as long as the component is there. */
export function useHotkeys(hotkeys: readonly Hotkey[]): void {
  const latest = useRef(hotkeys);
  latest.current = hotkeys;
  const shape = hotkeys.map(({ keys }) => keys).join(',');
  useEffect(() => {
    const entry = latest.current.map((hotkey, index) => ({ ...hotkey, run: (event: KeyboardEvent) => latest.current[index]?.run(event) }));
    registry.add(entry);
    return () => {
      registry.delete(entry);
    };
  }, [shape]);
}

export function handleKey(event: KeyboardEvent): void {
  // Enter confirms a pinyin candidate: it is not ours.
  if (event.isComposing) return;
  const pressed = nameOf(event);
  const isInField = isField(event.target);
  const first = lead !== null && event.timeStamp - lead.at < SEQUENCE_MS ? lead.key : null;
  lead = null;
  const isModified = event.metaKey || event.ctrlKey || event.altKey;
  // A control took the key for itself; with Mod or Alt it means the same everywhere.
  if (event.defaultPrevented && !isModified) return;
  if (!isModified && (isInField || readStored(SINGLE_KEYS) === 'off')) return;
  const known = hotkeysNow();
  const match = known.find(({ keys, inFields }) => {
    if (isInField && inFields !== true) return false;
    return first === null ? keys === pressed : keys === `${first} ${pressed}`;
  });
  if (match !== undefined) {
    event.preventDefault();
    match.run(event);
    return;
  }
  if (known.some(({ keys }) => keys.startsWith(`${pressed} `))) lead = { key: pressed, at: event.timeStamp };
}

function nameOf({ key, metaKey, ctrlKey, altKey, shiftKey }: KeyboardEvent): string {
  const parts: string[] = [];
  if (shiftKey && key.length > 1) parts.push('Shift');
  if (altKey) parts.push('Alt');
  if (metaKey || ctrlKey) parts.push('Mod');
  return [...parts, key].join('+');
}

function isField(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName));
}
