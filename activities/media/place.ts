import { isMediaInput } from '../../domain/task/generation';
import { fairShareOf, priorityKeyOf } from '../../domain/task/priority';
import type { Provider } from '../../domain/provider/catalogue';
import type { Admission } from '../../domain/task/store';
import type { Holding } from '../../lib/held-bytes';
import { given } from '../../lib/given';
import type { MediaDeps } from './deps';
import { measureInputs, type Measured } from './inputs';
import type { Party } from './shares';
import type { Slots } from './slots';

/** What a first attempt occupies until it is over. */
export interface MediaPlace {
  readonly measured: Measured;
  readonly holding: Holding;
  /** Gives the slot at the provider back; repeating it changes nothing. */
  readonly leave: () => void;
  /** Of an item of a campaign: waits for its turn to be stored. */
  readonly turn?: () => Promise<() => void>;
}

export interface PlaceDeps extends MediaDeps {
  /** Whether this process may call the provider; those that it may not are called by workers alone. */
  readonly mayCall: (provider: Provider) => boolean;
  /** Counts what the process calls; shared with the calls of workflows, where it makes those too. */
  readonly slots: Slots;
  /** Items of campaigns wait here for their turn to be stored; absent: they don't. */
  readonly turn?: (party: Party) => Promise<() => void>;
}

const NO_FILES = { bytes: 0, failure: null } as const;

/** A place for the first attempt; a word: it has to wait for its turn, which its workflow does. `full`: but there will be one soon. */
export async function placeFor(deps: PlaceDeps, { task, firstAttempt }: Admission): Promise<MediaPlace | 'full' | 'elsewhere'> {
  const { input, caller } = task;
  if (firstAttempt === null || !isMediaInput(input) || input.resumes !== undefined) return 'elsewhere';
  const provider = deps.catalogue().providers.get(firstAttempt.provider);
  if (provider === undefined || !deps.mayCall(provider)) return 'elsewhere';
  const sources = [...input.images.map(({ source }) => source), ...(input.video === undefined ? [] : [input.video])];
  // Links are fetched before a purchase is begun, however long that takes.
  if (!sources.every((source) => 'assetId' in source)) return 'elsewhere';
  const party = partyOf(task);
  const leave = deps.slots.enter(provider, { isAwaited: priorityKeyOf(task) === 1, ...given({ party }) });
  if (typeof leave === 'string') return leave === 'full' ? 'full' : 'elsewhere';
  const holding = deps.held.open(caller.teamId);
  try {
    const measured = sources.length === 0 ? NO_FILES : await measureInputs(deps, { id: task.id, teamId: caller.teamId, input });
    if (measured.failure === null) {
      holding.hold(measured.bytes);
      return { measured, holding, leave, ...given({ turn: party === undefined ? undefined : turnOf(deps, provider, party, leave) }) };
    }
  } catch {
    // No room for its files: its workflow waits for some.
  }
  leavePlace({ holding, leave });
  return 'elsewhere';
}

/** Items of a campaign share what is left to items. */
function partyOf({ campaignId, caller }: Admission['task']): Party | undefined {
  return campaignId === null ? undefined : { id: campaignId, share: fairShareOf(caller) };
}

/** The slot is kept until the result's turn comes, so that results that wait are as few as slots. */
function turnOf({ slots, turn }: PlaceDeps, provider: Provider, party: Party, leave: () => void): MediaPlace['turn'] {
  if (turn === undefined) return undefined;
  const beganMs = performance.now();
  return async () => {
    slots.answered(provider, performance.now() - beganMs);
    const end = await turn(party);
    leave();
    return end;
  };
}

export function leavePlace({ holding, leave }: Pick<MediaPlace, 'holding' | 'leave'>): void {
  holding.release();
  leave();
}
