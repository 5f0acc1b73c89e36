import { newKey } from '../../../api/client';
import type { TaskRequest } from '../../../api/tasks';
import { EMPTY, type Draft, type Reference } from '../../../features/composer/draft';

/** A shot of the storyboard: what is asked for, and the run that was made of it. */
export interface Shot {
  readonly id: string;
  readonly draft: Draft;
  /** Its first frame is the last one of the shot before. */
  readonly isContinued: boolean;
  /** It is to be made: at once, or when the shot before has ended. */
  readonly isWanted: boolean;
  /** It was wanted, and not made: the shot before had no video to go on from. */
  readonly isHeld: boolean;
  /** What was sent and not answered yet: a reload sends it again under its key, which buys once. */
  readonly sent: { readonly key: string; readonly body: TaskRequest } | null;
  readonly task: string | null;
}

export interface Board {
  readonly shots: readonly Shot[];
}

export const MOST_SHOTS = 24;

/** Files that still lie in this page alone, by the id of their tile: what is kept are assets. */
const files = new Map<string, Reference['source']>();

export function newShot(draft: Partial<Draft> = {}): Shot {
  return {
    id: newKey().slice(0, 12),
    draft: { ...EMPTY, ...draft },
    isContinued: false,
    isWanted: false,
    isHeld: false,
    sent: null,
    task: null,
  };
}

/** What follows a shot: the same settings, with words of its own. */
export const shotAfter = ({ draft }: Shot): Shot => newShot({ ...draft, prompt: '', references: [], seed: null, isSeedLocked: false });

export function readBoard(kept: string | null): Board {
  try {
    const { shots } = JSON.parse(kept ?? '{}') as Partial<Board>;
    // A board of an earlier version may lack what is new.
    const known = (Array.isArray(shots) ? (shots as readonly Shot[]) : []).map((shot) => ({
      ...newShot(),
      ...shot,
      draft: { ...EMPTY, ...shot.draft },
    }));
    return { shots: known.length === 0 ? [FIRST] : known.map((shot) => ({ ...shot, draft: withFiles(shot.draft) })) };
  } catch {
    return { shots: [FIRST] };
  }
}

/** The shot of an empty board is the same one each time that it is read. */
const FIRST: Shot = { ...newShot(), id: 'first' };

export function writeBoard({ shots }: Board): string {
  for (const { id, source } of shots.flatMap(({ draft }) => draft.references)) if (source.kind === 'file') files.set(id, source);
  return JSON.stringify({ shots: shots.map((shot) => ({ ...shot, draft: withoutFiles(shot.draft) })) });
}

const withFiles = (draft: Draft): Draft => ({
  ...draft,
  references: draft.references.flatMap((reference) => {
    if (reference.source.kind === 'asset') return [reference];
    const source = files.get(reference.id);
    return source === undefined ? [] : [{ ...reference, source }];
  }),
});

const withoutFiles = (draft: Draft): Draft => ({
  ...draft,
  references: draft.references.map((reference) =>
    reference.source.kind === 'asset' ? reference : { ...reference, source: { ...reference.source, dataUrl: '', shownUrl: '' } },
  ),
});

/** The shot with an image as its first frame. */
export function beginningWith(shot: Shot, asset: string): Shot {
  const others = shot.draft.references.filter(({ role }) => role !== 'first_frame');
  const first: Reference = { id: asset, role: 'first_frame', source: { kind: 'asset', asset } };
  return { ...shot, draft: { ...shot.draft, references: [first, ...others] } };
}
