import { newKey } from '../../../api/client';
import type { TaskRequest } from '../../../api/tasks';
import { EMPTY, type Draft, type Reference } from '../../../features/composer/draft';

/** What is asked for. */
interface Asked {
  readonly draft: Draft;
  /** Its first frame is the last one of the shot before. */
  readonly isContinued: boolean;
}

/** How far it is with making it. */
interface Run {
  /** How often something came of it. It is a part of the key that the next one is bought under, so that no two tabs buy it twice. */
  readonly turn: number;
  /** It is to be made: at once, or when the shot before has ended. */
  readonly isWanted: boolean;
  /** It was wanted, and not made: the shot before had no video to go on from. */
  readonly isHeld: boolean;
  /** What was sent and not answered yet: a reload sends it again under its key, which buys once. */
  readonly sent: { readonly key: string; readonly body: TaskRequest } | null;
  readonly task: string | null;
}

/** A shot of the storyboard: what is asked for, and the run that was made of it. */
export interface Shot extends Asked, Run {
  readonly id: string;
}

export interface Board {
  readonly shots: readonly Shot[];
}

export const MOST_SHOTS = 24;
const NOT_BEGUN: Run = { turn: 0, isWanted: false, isHeld: false, sent: null, task: null };

/** Files that still lie in this page alone, by the id of their tile: what is kept are assets. */
const files = new Map<string, Reference['source']>();

export function newShot(draft: Partial<Draft> = {}): Shot {
  return { ...NOT_BEGUN, id: newKey().slice(0, 12), draft: { ...EMPTY, ...draft }, isContinued: false };
}

/** What follows a shot: the same settings, with words of its own. */
export const shotAfter = ({ draft }: Shot): Shot => newShot({ ...draft, prompt: '', references: [], seed: null, isSeedLocked: false });

/** The same shot in whatever tab makes it, and another one each time that something came of it. */
export const keyOf = ({ id, turn }: Shot): string => `storyboard-${id}-${turn}`;

/**
 * What is kept of a board: what each shot asks for, its run, and the order, each under a name of its own. What two tabs write at once under one name
 * takes the place of the other's, so a name holds no more than one thing that a person does.
 */
const ORDER = '/order';
const askedName = (id: string): string => `/shot/${id}`;
const runName = (id: string): string => `/run/${id}`;

/** The shot, to be made: what became of it before is over. */
export const wantedAgain = (shot: Shot): Shot => ({
  ...shot,
  turn: shot.task === null ? shot.turn : shot.turn + 1,
  isWanted: true,
  isHeld: false,
  task: null,
});

/** The shot of a board on which nothing was done; another one as soon as it has been kept, since its id is a part of the key. */
let first = newShot();

/** @param kept - pairs of a name and its value */
export function readBoard(kept: string): Board {
  const values = new Map(JSON.parse(kept) as readonly (readonly [string, string | null])[]);
  const ids = [...values.keys()].flatMap((name) => (name.startsWith(askedName('')) ? [name.slice(askedName('').length)] : []));
  const order = parsed<readonly string[]>(values.get(ORDER), []);
  // One that is in no order, since another tab wrote it at the same time, comes last.
  const placed = [...order.filter((id) => ids.includes(id)), ...ids.filter((id) => !order.includes(id))];
  const shots = placed.map((id) => shotOf(id, values.get(askedName(id)), values.get(runName(id))));
  return { shots: shots.length === 0 ? [first] : shots };
}

/** What is kept of an earlier version may lack what is new. */
function shotOf(id: string, asked: string | null | undefined, run: string | null | undefined): Shot {
  const { draft, isContinued = false } = parsed<Partial<Asked>>(asked, {});
  return { ...NOT_BEGUN, ...parsed<Partial<Run>>(run, {}), id, draft: withFiles({ ...EMPTY, ...draft }), isContinued };
}

/**
 * What is to be kept anew for a change, as pairs of a name and its value; null: it is kept no longer.
 * @param before - what is kept now, as `readBoard` tells it
 */
export function changesOf(before: Board, after: Board): readonly (readonly [string, string | null])[] {
  const known = new Map(before.shots.map((shot) => [shot.id, shot]));
  const changes: [string, string | null][] = [];
  for (const shot of after.shots) {
    const old = known.get(shot.id);
    known.delete(shot.id);
    // The shot of a new board was not kept yet.
    const isNew = old === undefined || old === first;
    if (isNew || shot.draft !== old.draft || shot.isContinued !== old.isContinued) changes.push([askedName(shot.id), writtenAsked(shot)]);
    const run = writtenRun(shot);
    if (run !== writtenRun(old ?? NOT_BEGUN)) changes.push([runName(shot.id), run]);
  }
  for (const id of known.keys()) changes.push([askedName(id), null], [runName(id), null]);
  const order = orderOf(after);
  if (order !== orderOf(before)) changes.push([ORDER, order]);
  if (after.shots.some(({ id }) => id === first.id)) first = newShot();
  return changes;
}

const orderOf = ({ shots }: Board): string => JSON.stringify(shots.map(({ id }) => id));

function writtenAsked({ draft, isContinued }: Shot): string {
  for (const { id, source } of draft.references) if (source.kind === 'file') files.set(id, source);
  return JSON.stringify({ draft: withoutFiles(draft), isContinued } satisfies Asked);
}

const writtenRun = ({ turn, isWanted, isHeld, sent, task }: Run): string =>
  JSON.stringify({ turn, isWanted, isHeld, sent, task } satisfies Run);

function parsed<Value>(text: string | null | undefined, otherwise: Value): Value {
  try {
    return (JSON.parse(text ?? 'null') as Value | null) ?? otherwise;
  } catch {
    return otherwise;
  }
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
