import { silent } from '../support/silent-logger';
import { createSweeper, type SweepDeps } from '../../activities/sweep';
import type { Caller } from '../../domain/access/caller';
import { AppError } from '../../domain/errors';
import type { NewTask } from '../../domain/task/store';
import { aStoredCampaign, someItems } from '../campaign/support/build';
import { anAdmission, aTeam, useConnections } from '../db/support';
import { useDatabase } from '../support/stack';

const connections = useConnections(useDatabase(), ['sweeper']);
const PAGE = 4;

let caller: Caller;
/** What Temporal was asked, by the id of the task or campaign that it was asked for; ids in `bad` fail. */
let asked: { readonly verb: string; readonly id: string; readonly priorityKey?: number | undefined; readonly ids?: readonly string[] }[];
let bad: Map<string, Error>;
let warnings: object[];
let states: Map<string, 'running' | 'closed' | 'gone'>;
let underWay: number;
let mostUnderWay: number;

beforeEach(async () => {
  await connections.sweeper.query('truncate tasks, attempts, campaigns, campaign_items, external_ids');
  caller = await aTeam(connections.sweeper);
  [asked, bad, warnings, states, underWay, mostUnderWay] = [[], new Map(), [], new Map(), 0, 0];
});

async function ask(call: (typeof asked)[number]): Promise<void> {
  asked.push(call);
  underWay += 1;
  mostUnderWay = Math.max(mostUnderWay, underWay);
  await new Promise((resolve) => setImmediate(resolve));
  underWay -= 1;
  const error = bad.get(call.id);
  if (error !== undefined) throw error;
}

function sweeper(page = PAGE) {
  const deps: SweepDeps = {
    tasks: connections.sweeper.tasks,
    campaigns: connections.sweeper.campaigns,
    batches: connections.sweeper.batches,
    runner: {
      startMedia: ({ id, priorityKey }) => ask({ verb: 'start', id, priorityKey }),
      startGroup: (_workflowId, ids, options) => ask({ verb: 'group', id: ids[0]!, ids, priorityKey: options?.priorityKey }),
      wakeCampaign: (id) => ask({ verb: 'wake', id }),
      wakeBatch: (id) => ask({ verb: 'wake', id }),
    },
    workflowState: async (workflowId) => {
      await ask({ verb: 'state', id: workflowId });
      return states.get(workflowId) ?? 'running';
    },
    workflowIdOf: (id) => `text-${id}`,
    logger: { ...silent, warn: (fields) => warnings.push(fields) },
  };
  return createSweeper(deps, page);
}

const image = { type: 'image', operation: 'image', endpoint: 'tasks' } as const;

async function admitted(task: Partial<NewTask> = {}): Promise<string> {
  const admission = anAdmission(caller, { firstAttempt: null, task });
  await connections.sweeper.tasks.admit([admission]);
  return admission.task.id;
}

/** As if the last change of all tasks had been so long ago; owned ones are those of `workflows`. */
async function age(): Promise<void> {
  await connections.sweeper.query(`update tasks set created_at = now() - interval '60 s', updated_at = now() - interval '60 s'`);
}

async function severalImages(count: number, owned: boolean): Promise<string[]> {
  const ids: string[] = [];
  for (let index = 0; index < count; index += 1) ids.push(await admitted(image));
  if (owned) for (const id of ids) await connections.sweeper.tasks.adopt([id], id);
  await age();
  return ids;
}

const of = (verb: string) => asked.filter((call) => call.verb === verb).map((call) => call.id);

it('starts what has no owner at the priority that it was admitted with', async () => {
  const rows: readonly (readonly [Partial<NewTask>, number])[] = [
    [{ ...image, endpoint: 'images.generations' }, 1],
    [{ ...image, endpoint: 'images.edits' }, 1],
    [{ ...image, priority: 'high' }, 2],
    [{ ...image, priority: 'normal' }, 3],
    [{ type: 'video', operation: 'video', endpoint: 'videos' }, 3],
    [{ ...image, priority: 'low' }, 4],
    [{ ...image, endpoint: 'campaigns', priority: 'low', campaignId: 'camp_1' }, 4],
    [{ ...image, endpoint: 'campaigns', priority: 'high', campaignId: 'camp_1' }, 4],
  ];
  const wanted = new Map<string, number>();
  for (const [task, priorityKey] of rows) wanted.set(await admitted(task), priorityKey);
  const chats = [await admitted(), await admitted({ operation: 'embedding' })];
  const item = await admitted({ campaignId: 'camp_1', endpoint: 'campaigns' });
  await age();

  await sweeper(200).pass();

  expect(new Map(asked.filter(({ verb }) => verb === 'start').map(({ id, priorityKey }) => [id, priorityKey]))).toEqual(wanted);
  const groups = asked.filter(({ verb }) => verb === 'group').map(({ ids, priorityKey }) => ({ ids, priorityKey }));
  expect(groups).toEqual([
    { ids: [item], priorityKey: 4 },
    { ids: chats, priorityKey: undefined },
  ]);
});

it.each([
  ['a task that cannot be started', false, 'start'],
  ['a workflow that cannot be looked at', true, 'state'],
])('goes past %s', async (_, owned, verb) => {
  const ids = await severalImages(PAGE, owned);
  bad.set(ids[0]!, new Error('no such queue'));
  bad.set(ids[2]!, new AppError('service_unavailable', 'no answer'));

  await sweeper().pass();

  expect(of(verb).toSorted()).toEqual(ids);
  expect(warnings).toMatchObject([{ failed: 2, ids: expect.arrayContaining([ids[0], ids[2]]) as unknown }]);
});

it('goes past a campaign and a group that cannot be woken', async () => {
  const chat = await admitted();
  const item = await admitted({ campaignId: 'camp_1', endpoint: 'campaigns' });
  await age();
  const campaigns = [
    await aStoredCampaign(connections.sweeper, caller, someItems(1)),
    await aStoredCampaign(connections.sweeper, caller, someItems(1)),
  ];
  bad.set(item, new Error('no')).set(campaigns.toSorted()[0]!, new Error('no'));

  await sweeper().pass();

  expect(of('group').toSorted()).toEqual([chat, item].toSorted());
  expect(of('wake').toSorted()).toEqual(campaigns.toSorted());
});

it('comes to every task in turn, however many before it stay open', async () => {
  const ids = await severalImages(PAGE * 2 + 1, true);
  const sweep = sweeper();
  for (let pass = 0; pass < 3; pass += 1) await sweep.pass();
  expect(of('state')).toEqual(ids);
  // And from the first again: no pass is spent on the end.
  await sweep.pass();
  expect(of('state').slice(ids.length)).toEqual(ids.slice(0, PAGE));
});

it('asks side by side, and stops asking a Temporal that is away, to come back to the same tasks', async () => {
  const ids = await severalImages(60, true);
  for (const id of ids) bad.set(id, new AppError('service_unavailable', 'Temporal did not answer within 10 s.'));
  const sweep = sweeper(60);
  await sweep.pass();
  expect(mostUnderWay).toBeGreaterThan(8);
  expect(mostUnderWay).toBeLessThanOrEqual(16);
  expect(of('state').length).toBeLessThanOrEqual(32);
  bad.clear();
  asked = [];
  await sweep.pass();
  expect(of('state').toSorted()).toEqual(ids);
});

it('gives a task whose workflow Temporal lost another, and ends one whose workflow was ended', async () => {
  const [lost, ended, runs] = (await severalImages(3, true)) as [string, string, string];
  states.set(lost, 'gone').set(ended, 'closed');
  await sweeper().pass();
  expect(of('start')).toEqual([lost]);
  expect(await connections.sweeper.tasks.get(ended, null)).toMatchObject({ status: 'failed', error: { code: 'internal' } });
  expect(await connections.sweeper.tasks.get(runs, null)).toMatchObject({ status: 'queued' });
});
