import { createMediaActivities, type MediaActivities } from '../../../activities/media/activities';
import type { MediaDeps } from '../../../activities/media/deps';
import type { Database } from '../../../adapters/db';
import { createProviderRegistry } from '../../../adapters/providers/registry';
import type { CallEnd } from '../../../domain/provider/health';
import { anAdmission, aTeam } from '../../db/support';
import { provider } from '../../provider/calls';
import type { FakeProvider, Step } from '../../support/fake-provider';

const providers = createProviderRegistry();

/** What a worker told of: warnings it logged, and faults of providers. */
export interface Told {
  readonly warnings: unknown[];
  readonly faults: unknown[];
}

/** A worker's activities, with `fake` as its one provider at `baseUrl`; null: it has none. */
export function aMediaWorker(database: Database, baseUrl: string | null, told: Told = { warnings: [], faults: [] }): MediaActivities {
  const quiet = {
    debug: () => undefined,
    info: () => undefined,
    warn: (facts: unknown) => void told.warnings.push(facts),
    error: () => undefined,
    child: () => quiet,
  };
  const deps = {
    tasks: database.tasks,
    catalogue: () => ({ models: new Map(), providers: new Map(baseUrl === null ? [] : [['fake', provider({ baseUrl })]]) }),
    providers,
    objects: { put: () => Promise.resolve(), putStream: () => Promise.resolve() },
    logger: quiet,
    state: { ended: ({ route, code }: CallEnd) => void told.faults.push([route.provider, route.model, code]) },
    now: () => new Date(),
  } as unknown as MediaDeps;
  return createMediaActivities(deps);
}

/** A video for which 100 micro-dollars are held, whose job the fake has just accepted and speaks of as `step` says. */
export async function anAcceptedVideo(database: Database, fake: FakeProvider, step: Step): Promise<string> {
  const { tasks } = database;
  const caller = await aTeam(database);
  const input = { operation: 'video' as const, prompt: 'a boat', images: [], output: {}, params: {} };
  const admission = anAdmission(caller, {
    firstAttempt: null,
    task: { type: 'video', operation: 'video', endpoint: 'tasks', model: 'video', input },
  });
  await tasks.admit([admission]);
  const taskId = admission.task.id;
  await tasks.beginAttempt({ taskId, n: 1, provider: 'fake', model: 'm', instanceId: null });
  fake.script('m', [step]);
  const answer = await fetch(`${fake.baseUrl}/videos`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'm', prompt: 'a boat' }),
  });
  const { id } = (await answer.json()) as { id: string };
  await tasks.endAttempt({ taskId, n: 1, outcome: 'accepted', errorCode: null, upstreamId: id, costMicroUsd: 0n });
  return taskId;
}
