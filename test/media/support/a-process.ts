import { Readable } from 'node:stream';
import { createAccountWrites } from '../../../activities/account-writes';
import { createMediaGroupActivities } from '../../../activities/media/join';
import { createMediaLane, type MediaLaneDeps } from '../../../activities/media/lane';
import { createSlots } from '../../../activities/media/slots';
import { notYet } from '../../../activities/activity';
import type { Database } from '../../../adapters/db';
import { ALL_WELL } from '../../../domain/provider/plan';
import type { MediaProvider, MediaResult, Submission } from '../../../domain/provider/provider';
import type { NewAsset } from '../../../domain/storage';
import type { Admission } from '../../../domain/task/store';
import { createHeldBytes } from '../../../lib/held-bytes';
import { anAdmission, aTeam } from '../../db/support';

export const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined, child: () => quiet };

/** What the faked provider makes. */
export const FILE = Uint8Array.of(137, 80, 78, 71);
const RESULT: MediaResult = {
  outputs: [{ from: 'bytes', bytes: FILE, contentType: 'image/png', revisedPrompt: null }],
  usage: null,
  reportedMicroUsd: null,
};
export const DONE: Submission = { state: 'completed', upstreamId: 'up-1', result: RESULT };

/** An answer that waits until it is let go. */
export function held<T>(value: T): { readonly answer: () => Promise<T>; letGo(): void } {
  let letGo = (): void => undefined;
  const gate = new Promise<void>((resolve) => (letGo = resolve));
  return { answer: () => gate.then(() => value), letGo: () => letGo() };
}

export type FakeMedia = Pick<MediaProvider, 'submit'> & Partial<MediaProvider>;

/** Processes with a media lane on the database of the file, whose provider `fake` answers as they are told. Closed after each test. */
export function useProcesses(connections: { readonly own: Database }) {
  const lanes: ReturnType<typeof createMediaLane>[] = [];
  afterEach(() => {
    for (const lane of lanes.splice(0)) lane.close();
  });

  function aProcess(instanceId: string, media: FakeMedia, changes: Partial<MediaLaneDeps> & { readonly isWebhooked?: true } = {}) {
    const { isWebhooked, ...others } = changes;
    const started: string[] = [];
    let calls = 0;
    const submit: MediaProvider['submit'] = (call) => {
      calls += 1;
      return media.submit(call);
    };
    const provider = { name: 'fake', honoursIdempotencyKey: false, maxConcurrency: 2, ...(isWebhooked ? { webhooks: true } : {}) };
    const catalogue = { models: new Map(), providers: new Map([['fake', provider]]) };
    const deps = {
      tasks: connections.own.tasks,
      writes: createAccountWrites(connections.own.tasks),
      instances: connections.own.instances,
      assets: connections.own.assets,
      assetWriter: { write },
      catalogue: () => catalogue,
      latestCatalogue: () => Promise.resolve(catalogue),
      providers: () => ({ media: { ...media, submit }, drawsWatermark: false }),
      objects: {},
      instanceId,
      logger: quiet,
      now: () => new Date(),
      random: () => 0.5,
      state: { ...ALL_WELL, ended: () => undefined },
      held: createHeldBytes({ processBytes: 1_000, teamBytes: 1_000, patienceMs: 5_000 }, () => notYet(1_000)),
      owners: { startMediaGroup: () => Promise.resolve() },
      runner: { startMedia: ({ id }: { id: string }) => Promise.resolve(void started.push(id)) },
      workflowIdOf: (id: string) => `media-${id}`,
      optimistic: true,
      mayCall: () => true,
      slots: createSlots(),
      callbackUrl: () => null,
      ...others,
    } as unknown as MediaLaneDeps;
    const lane = createMediaLane(deps);
    lanes.push(lane);
    return { lane, started, calls: () => calls, join: createMediaGroupActivities(deps, lane).joinMedia };
  }

  async function anOrder(operation: 'image' | 'video', instanceId: string, task: Partial<Admission['task']> = {}): Promise<Admission> {
    const caller = await aTeam(connections.own);
    return anAdmission(caller, {
      firstAttempt: { provider: 'fake', model: 'm', instanceId },
      task: {
        type: operation,
        operation,
        endpoint: operation === 'image' ? 'images.generations' : 'tasks',
        model: operation,
        input: { operation, prompt: 'a boat', images: [], output: {}, params: {} },
        ...task,
      },
    });
  }

  return { aProcess, anOrder };
}

/** Keeps nothing but what is known of a file. */
async function write({ id, teamId, taskId, index, source }: NewAsset) {
  if ('body' in source) await Readable.from(source.body).toArray();
  return {
    id,
    teamId,
    taskId,
    index,
    kind: 'image' as const,
    key: `teams/${teamId}/assets/${id}`,
    thumbnailKey: null,
    contentType: 'image/png',
    width: 1,
    height: 1,
    durationS: null,
    bytes: FILE.byteLength,
    sha256: 'a'.repeat(64),
    revisedPrompt: null,
    createdAt: new Date(),
    ...('bytes' in source ? { content: FILE } : {}),
  };
}
