import { useCallback, useRef, useState } from 'react';
import { useMe, useTeam } from '../../api/session';
import { personalName, readStored, writeStored } from '../../lib/preferences';

export type Role = 'reference' | 'subject' | 'style' | 'first_frame' | 'last_frame' | 'mask';

/** An image that goes into a run. */
export interface Reference {
  /** Of the tile. */
  readonly id: string;
  readonly role: Role;
  /** An asset of the team, or a file that was pasted or dropped and is sent with the run; `shownUrl` is its `blob:` address, for the tile. */
  readonly source:
    | { readonly kind: 'asset'; readonly asset: string }
    | { readonly kind: 'file'; readonly name: string; readonly dataUrl: string; readonly shownUrl: string };
}

/** What is in the composer. Values that a chosen model can't use are kept, marked, and not sent. */
export interface Draft {
  readonly model: string | null;
  readonly prompt: string;
  readonly negativePrompt: string;
  readonly references: readonly Reference[];
  readonly ratio: string | null;
  readonly resolution: string | null;
  readonly quality: string | null;
  readonly count: number;
  /** null: random. */
  readonly seed: number | null;
  /** A locked seed stays for the next run. */
  readonly isSeedLocked: boolean;
  readonly format: string;
  readonly isTransparent: boolean;
  readonly hasWatermark: boolean;
  readonly durationS: number | null;
  readonly hasSound: boolean;
}

export const EMPTY: Draft = {
  model: null,
  prompt: '',
  negativePrompt: '',
  references: [],
  ratio: null,
  resolution: null,
  quality: null,
  count: 1,
  seed: null,
  isSeedLocked: false,
  format: 'png',
  isTransparent: false,
  hasWatermark: false,
  durationS: null,
  hasSound: false,
};

/** The draft of a page, which survives a reload. Files are too large to be kept; everything else is. */
export function useDraft(page: string): readonly [Draft, (change: Partial<Draft>) => void] {
  const me = useMe();
  const team = useTeam();
  const name = personalName(me.user.id, team, `draft.${page}`);
  const [draft, setDraft] = useState(() => read(name));
  const latest = useRef(draft);
  const change = useCallback(
    (next: Partial<Draft>) => {
      latest.current = { ...latest.current, ...next };
      setDraft(latest.current);
      const kept = { ...latest.current, references: latest.current.references.filter(({ source }) => source.kind === 'asset') };
      writeStored(name, JSON.stringify(kept));
    },
    [name],
  );
  return [draft, change];
}

function read(name: string): Draft {
  try {
    // A draft of an earlier version may lack what is new.
    return { ...EMPTY, ...(JSON.parse(readStored(name) ?? '{}') as Partial<Draft>) };
  } catch {
    return EMPTY;
  }
}

/** Any seed that every model takes. */
export const randomSeed = (): number => Math.floor(Math.random() * 1_000_000);
