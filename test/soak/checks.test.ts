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
  creates: { 'task_1:1': 1 },
  verified: { ok: true, open_reservations: 0, problems: [] },
  spent: '0.01',
  stored: { bytes: 3, sha256: 'aa' } as object | null,
  deliveries: [{ id: 'evt_1', type: 'task.succeeded' }],
};

/** Lets every check of the soak judge the facts, in Node itself: they are ES modules. */
function faultsOf(changes: Partial<Record<keyof typeof FACTS, unknown>>): { lost: string[]; double: string[]; other: string[] } {
  const program = `
    const { checkRuns, checkCreates, checkLedger, checkAssets, checkCallbacks } = await import(${JSON.stringify(CHECKS)});
    const given = ${JSON.stringify({ ...FACTS, ...changes })};
    const faults = { lost: [], double: [], other: [] };
    const digest = async () => { if (given.stored === null) throw new Error('404'); return given.stored; };
    const reader = { ledger: async () => given.verified, keys: async () => [{ spent_usd: given.spent }], digest, callbacksOf: async () => [] };
    const receiver = { faults: [], events: new Map([['task_1', { taken: given.deliveries }]]) };
    const accepted = new Map(given.accepted.map((entry) => [entry.id, entry]));
    const facts = { ...given, accepted, reader, receiver, faults, campaigns: [], counts: { createsByKey: given.creates }, callbacksWithinMs: 0 };
    checkRuns(facts);
    checkCreates(facts);
    await checkLedger(facts);
    await checkAssets(facts);
    await checkCallbacks(facts);
    console.log(JSON.stringify(faults));`;
  return JSON.parse(execFileSync(process.execPath, ['--input-type=module', '--eval', program], { encoding: 'utf8' }));
}

test('a soak without faults is passed by every check', () => {
  expect(faultsOf({})).toEqual({ lost: [], double: [], other: [] });
});

test.each<[string, 'lost' | 'double' | 'other', Partial<Record<keyof typeof FACTS, unknown>>, RegExp]>([
  ['a run that was accepted and is gone', 'lost', { accepted: [{ id: 'task_2', kind: 'film', ended: null }] }, /film task_2/],
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
