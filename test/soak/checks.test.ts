import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const CHECKS = join(__dirname, '../../scripts/soak/checks.mjs');

const IMAGE = {
  id: 'task_1',
  type: 'image',
  status: 'succeeded',
  progress: 1,
  input: { prompt: 'a jar' },
  output: { n: 1 },
  outputs: [{ id: 'asset_1', bytes: 3, sha256: 'aa' }],
  cost: { reserved: '0', actual: '0.01', settled_at: '2026-01-01T00:00:00Z' },
  error: null,
  replay_of: null,
  campaign_id: null,
  callback_url: 'http://127.0.0.1/',
  routing: { attempts: [{ n: 1 }] },
};
const FACTS = {
  tasks: [IMAGE],
  accepted: [{ id: 'task_1', kind: 'images', ended: 'succeeded', isServed: false }],
  replays: [],
  requests: [['req_1', 'chat, answered 200']],
  logged: ['req_1', ''],
  creates: { 'task_1:1': 1 },
  verified: { ok: true, open_reservations: 0, problems: [] },
  spent: '0.01',
  stored: { bytes: 3, sha256: 'aa' } as object | null,
  deliveries: [{ id: 'evt_1', type: 'task.succeeded' }],
  campaigns: [] as object[],
  items: [] as object[],
  campaignDeliveries: [] as object[],
};

/** Of an item: its purchase is known at the provider by the item. */
const ITEM_ID = 'task_019a0000000080018a00000000000001';
const ITEM_TASK = { ...IMAGE, id: ITEM_ID, input: { prompt: 'a bowl' }, campaign_id: 'camp_1', callback_url: null };
const CAMPAIGN = { id: 'camp_1', status: 'completed', counts: { total: 1, succeeded: 1, failed: 0 }, cost: { actual: '0.01' } };
const ITEM = { key: 'item-0', status: 'succeeded', task_id: ITEM_ID };
/** A campaign of one image beside the single one. */
const WITH_CAMPAIGN = {
  tasks: [IMAGE, ITEM_TASK],
  creates: { 'task_1:1': 1, 'item_0018a00000000000001camp_1:1': 1 },
  spent: '0.02',
  campaigns: [CAMPAIGN],
  items: [ITEM],
  campaignDeliveries: [{ id: 'evt_2', type: 'campaign.completed' }],
};

/** Lets every check of the soak judge the facts, in Node itself: they are ES modules. */
function faultsOf(changes: Partial<Record<keyof typeof FACTS, unknown>>): { lost: string[]; double: string[]; other: string[] } {
  const program = `
    const { checkRuns, checkCreates, checkLedger, checkCalls, checkAssets, checkCallbacks, checkCampaigns } = await import(${JSON.stringify(CHECKS)});
    const given = ${JSON.stringify({ ...FACTS, ...changes })};
    const faults = { lost: [], double: [], other: [] };
    const digest = async () => { if (given.stored === null) throw new Error('404'); return given.stored; };
    const reader = { ledger: async () => given.verified, keys: async () => [{ spent_usd: given.spent }], digest, callbacksOf: async () => [], loggedRequests: async () => given.logged, items: async () => given.items };
    const receiver = { faults: [], events: new Map([['task_1', { taken: given.deliveries }], ['camp_1', { taken: given.campaignDeliveries }]].filter(([, { taken }]) => taken.length > 0)) };
    const accepted = new Map(given.accepted.map((entry) => [entry.id, entry]));
    const facts = { ...given, requests: new Map(given.requests), accepted, reader, receiver, faults, counts: { createsByKey: given.creates }, callbacksWithinMs: 0 };
    checkRuns(facts);
    checkCreates(facts);
    await checkLedger(facts);
    await checkCalls(facts);
    await checkAssets(facts);
    await checkCallbacks(facts);
    await checkCampaigns(facts);
    console.log(JSON.stringify(faults));`;
  return JSON.parse(execFileSync(process.execPath, ['--input-type=module', '--eval', program], { encoding: 'utf8' }));
}

test('a soak without faults is passed by every check', () => {
  const none = { lost: [], double: [], other: [] };
  expect([faultsOf({}), faultsOf(WITH_CAMPAIGN)]).toEqual([none, none]);
});

test.each<[string, 'lost' | 'double' | 'other', Partial<Record<keyof typeof FACTS, unknown>>, RegExp]>([
  ['a run that was accepted and is gone', 'lost', { accepted: [{ id: 'task_2', kind: 'video', ended: null }] }, /video task_2/],
  ['an end that changed', 'other', { accepted: [{ id: 'task_1', kind: 'images', ended: 'failed' }] }, /ended as failed/],
  [
    'an answer that was whole and a run that failed',
    'other',
    {
      tasks: [{ ...IMAGE, status: 'failed', error: { code: 'outcome_unknown' } }],
      accepted: [{ id: 'task_1', kind: 'image', ended: null, isServed: true }],
    },
    /answered whole/,
  ],
  [
    'a failure that no kill explains',
    'other',
    { tasks: [{ ...IMAGE, status: 'failed', error: { code: 'internal' } }] },
    /failed with internal/,
  ],
  ['an output too few', 'lost', { tasks: [{ ...IMAGE, output: { n: 2 } }] }, /1 of 2 outputs/],
  ['a reservation that stays', 'other', { tasks: [{ ...IMAGE, cost: { ...IMAGE.cost, reserved: '0.01' } }] }, /still holds/],
  ['a request that became two runs', 'double', { tasks: [IMAGE, { ...IMAGE, id: 'task_2' }] }, /task_1 and task_2/],
  ['a replay too many', 'double', { tasks: [IMAGE, { ...IMAGE, id: 'task_2', replay_of: 'task_1' }] }, /replayed 0 times/],
  ['an attempt bought twice', 'double', { creates: { 'task_1:1': 2 } }, /2 times for task_1:1/],
  ['a purchase without an attempt', 'double', { creates: { 'task_1:1': 1, 'task_1:2': 1 } }, /task_1:2/],
  ['a result that nobody made', 'other', { creates: {} }, /never asked/],
  ['books that do not add up', 'other', { verified: { ok: false, open_reservations: 0, problems: ['x'] } }, /does not verify/],
  ['a reservation without a run', 'other', { verified: { ok: true, open_reservations: 1, problems: [] } }, /1 reservations/],
  ['a micro-dollar too much', 'other', { spent: '0.010001' }, /spent 10001/],
  ['a file that is gone', 'lost', { stored: null }, /asset_1/],
  ['half a file', 'lost', { stored: { bytes: 2, sha256: 'ab' } }, /2 bytes ab/],
  ['a callback that did not come', 'lost', { deliveries: [] }, /did not come/],
  ['a callback under two ids', 'double', { deliveries: [...FACTS.deliveries, { id: 'evt_2', type: 'task.succeeded' }] }, /evt_1 and evt_2/],
  ['a callback that tells another end', 'other', { deliveries: [{ id: 'evt_1', type: 'task.failed' }] }, /said task.failed/],
])('%s is found', (_what, list, changes, evidence) => {
  expect(faultsOf(changes)[list]).toEqual(expect.arrayContaining([expect.stringMatching(evidence)]));
});

test.each<[string, 'lost' | 'double' | 'other', Partial<Record<keyof typeof FACTS, unknown>>, RegExp]>([
  ['a campaign that did not end', 'other', { campaigns: [{ ...CAMPAIGN, status: 'running' }] }, /camp_1 is running/],
  [
    'counts that do not add up',
    'other',
    { campaigns: [{ ...CAMPAIGN, counts: { total: 2, succeeded: 1, failed: 0 } }] },
    /camp_1: .* and 1 items, 1 of them succeeded/,
  ],
  ['an item that is gone', 'other', { items: [] }, /and 0 items/],
  ['an item that ended otherwise than was counted', 'other', { items: [{ ...ITEM, status: 'failed' }] }, /1 items, 0 of them succeeded/],
  [
    'an item that became two tasks',
    'double',
    { tasks: [IMAGE, ITEM_TASK, { ...ITEM_TASK, id: 'task_3', input: { prompt: 'a cup' } }] },
    /camp_1 has 2 tasks for 1 items/,
  ],
  ['an item without a task', 'double', { tasks: [IMAGE] }, /camp_1 has 0 tasks for 1 items/],
  [
    'two items that share a task',
    'double',
    {
      tasks: [IMAGE, ITEM_TASK, { ...ITEM_TASK, id: 'task_3', input: { prompt: 'a cup' } }],
      items: [ITEM, { ...ITEM, key: 'item-1' }],
      campaigns: [{ ...CAMPAIGN, counts: { total: 2, succeeded: 2, failed: 0 } }],
    },
    /camp_1 has 2 tasks for 2 items, which name 1/,
  ],
  [
    'a campaign that costs something else than its tasks',
    'other',
    { campaigns: [{ ...CAMPAIGN, cost: { actual: '0.02' } }] },
    /camp_1 cost 0.02 USD/,
  ],
  ['an answered request that is not in the call log', 'lost', { logged: [''] }, /req_1 \(chat, answered 200\)/],
  ['a request that is in the call log twice', 'double', { logged: ['req_1', 'req_1'] }, /more than once/],
  ['a campaign whose callback did not come', 'lost', { campaignDeliveries: [] }, /the callback of camp_1/],
  [
    'a campaign whose callback tells another end',
    'other',
    { campaignDeliveries: [{ id: 'evt_2', type: 'campaign.cancelled' }] },
    /camp_1 said campaign.cancelled/,
  ],
])('%s is found', (_what, list, changes, evidence) => {
  expect(faultsOf({ ...WITH_CAMPAIGN, ...changes })[list]).toEqual(expect.arrayContaining([expect.stringMatching(evidence)]));
});
