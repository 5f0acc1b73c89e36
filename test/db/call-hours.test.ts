import { createDatabase, type Database } from '../../adapters/db';
import { migrate } from '../../adapters/db/schema/migrate';
import type { Caller } from '../../domain/access/caller';
import type { Call, CallCounts, CallFilter, CallWithoutRun } from '../../domain/records/call';
import { aStoredCampaign, someItems, startNext } from '../campaign/support/build';
import { createEmptyDatabase, dropTestDatabase } from '../support/database';
import { useDatabase } from '../support/stack';
import { aCredential, aSettlement, aTeam, anAdmission, partitionsEndedBy, useConnections } from './support';

const connections = useConnections(useDatabase(), ['first', 'second']);
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Within an hour, as most times are. */
const NOW = Math.floor(Date.now() / HOUR_MS) * HOUR_MS + 1_234_567;
const LENGTHS = { minute: 60_000, hour: HOUR_MS, day: DAY_MS } as const;
const INTERVALS = ['hour', 'day'] as const;

let place = 0;
/** The id of a call at this time. */
function anIdAt(ms: number): string {
  place += 1;
  return `call_${ms.toString(16).padStart(12, '0')}${place.toString(16).padStart(20, '0')}`;
}

const refusedAt = (ms: number, caller: Caller, changes: Partial<CallWithoutRun> = {}): CallWithoutRun => ({
  id: anIdAt(ms),
  taskId: null,
  template: null,
  endpoint: 'chat.completions',
  teamId: caller.teamId,
  credentialId: caller.credentialId,
  credentialClass: 'production',
  projectId: null,
  memberId: null,
  client: null,
  ip: '127.0.0.1',
  stream: false,
  model: 'no-such-model',
  modality: null,
  status: 'failed',
  httpStatus: 404,
  errorCode: 'model_not_found',
  totalMs: 2,
  ...changes,
});

/** A team with refusals over five days, generations by two providers, a campaign and refunds, all of them in the log. */
async function aBusyTeam({ first }: { readonly first: Database }): Promise<Caller> {
  const caller = await aTeam(first);
  const script = {
    ...caller,
    credentialId: await aCredential(first, caller.teamId, 'nightly', 'script'),
    credentialClass: 'script' as const,
  };
  const refusals = Array.from({ length: 200 }, (_, n) =>
    refusedAt(NOW - n * 0.61 * HOUR_MS, n % 3 === 0 ? script : caller, {
      credentialClass: n % 3 === 0 ? 'script' : 'production',
      endpoint: n % 5 === 0 ? 'images.generations' : 'chat.completions',
      model: `named-${String(n % 4)}`,
      ...(n % 7 === 0 ? { status: 'succeeded', httpStatus: 200, errorCode: null } : {}),
    }),
  );
  // Some of them twice: each counts once.
  await first.calls.keep([...refusals, ...refusals.slice(0, 20)]);
  await first.calls.catchUp();
  await first.calls.keep(refusals.slice(10, 30));

  const admissions = Array.from({ length: 24 }, (_, n) => {
    const id = anIdAt(NOW - n * 3.3 * HOUR_MS).replace('call_', 'req_');
    return anAdmission(n % 2 === 0 ? caller : script, { task: { request: { id } } });
  });
  await first.tasks.admit(admissions);
  const ids = admissions.map(({ task }) => task.id);
  for (const id of ids.slice(0, 6)) {
    await first.tasks.endAttempt({
      taskId: id,
      n: 1,
      outcome: 'failed',
      errorCode: 'provider_unavailable',
      upstreamId: null,
      costMicroUsd: 0n,
    });
    await first.tasks.beginAttempt({ taskId: id, n: 2, provider: 'backup', model: 'm', instanceId: 'i' });
  }
  const { taskIds } = await startNext(first, caller, await aStoredCampaign(first, caller, someItems(6)));
  await first.tasks.settle([
    ...ids.map((id, n) => aSettlement(id, n < 6 ? { attempt: { ...aSettlement(id).attempt!, n: 2 } } : {})),
    ...taskIds.map((id) => aSettlement(id, { attempt: null })),
  ]);
  await first.calls.catchUp();
  await first.query(`select refund_task($1, 15, 'broken')`, [ids[3]]);
  await first.query(`select refund_task($1, 40, 'whole')`, [ids[20]]);
  await first.query(`select refund_task($1, 7, 'in part')`, [taskIds[0]]);
  await first.calls.catchUp();
  return caller;
}

/** What the list of the log adds up to. */
async function listed(database: Database, filter: CallFilter, interval: keyof typeof LENGTHS): Promise<readonly CallCounts[]> {
  const counts = new Map<number, CallCounts>();
  const { data, hasMore } = await database.calls.list(filter, { limit: 1_000 });
  expect(hasMore).toBe(false);
  for (const call of data.toReversed() as readonly Call[]) {
    const start = Math.floor(call.at.getTime() / LENGTHS[interval]) * LENGTHS[interval];
    const { requests, failed, fallbacks, costMicroUsd } = counts.get(start) ?? { requests: 0, failed: 0, fallbacks: 0, costMicroUsd: 0n };
    counts.set(start, {
      start: new Date(start),
      requests: requests + 1,
      failed: failed + (call.status === 'succeeded' ? 0 : 1),
      fallbacks: fallbacks + (call.fallback ? 1 : 0),
      costMicroUsd: costMicroUsd + call.costMicroUsd,
    });
  }
  return [...counts.values()];
}

/** Compares the histogram with the list for filters of every kind, over whole hours and parts of them; answers how many calls were counted in all. */
async function expectEqual(database: Database, teamId: number, hasCalls = true): Promise<void> {
  const choices: readonly Partial<CallFilter>[] = [
    {},
    { credential: 'nightly' },
    { class: 'production', model: 'named-1' },
    { provider: 'backup' },
    { provider: 'sandbox', endpoint: 'chat.completions' },
    { endpoint: 'campaigns' },
    { status: 'succeeded' },
    { status: 'failed', endpoint: 'images.generations' },
    { errorCode: 'model_not_found' },
    { minCostMicroUsd: 30n },
    { q: 'named-2' },
  ];
  const spans: readonly Partial<CallFilter>[] = [
    { from: new Date(NOW - 7 * DAY_MS) },
    { from: new Date(NOW - 50.3 * HOUR_MS), to: new Date(NOW - 20.7 * HOUR_MS) },
    { from: new Date(Math.floor(NOW / DAY_MS) * DAY_MS - 2 * DAY_MS), to: new Date(Math.floor(NOW / DAY_MS) * DAY_MS) },
    // Less than an hour: all in the same one, and over the end of one.
    { from: new Date(NOW - 300_000), to: new Date(NOW + 1) },
    { from: new Date(NOW - 1_800_000), to: new Date(NOW - 600_000) },
  ];
  for (const choice of choices) {
    for (const span of spans) {
      const filter = { teamIds: [teamId], ...choice, ...span };
      for (const interval of INTERVALS) {
        const [counted, expected] = [await database.calls.histogram(filter, interval), await listed(database, filter, interval)];
        expect({ choice, span, interval, counted }).toEqual({ choice, span, interval, counted: expected });
      }
    }
    if (hasCalls) expect(await database.calls.histogram({ teamIds: [teamId], ...choice, ...spans[0] }, 'day')).not.toEqual([]);
  }
}

it('the histogram counts exactly what the log lists, whatever is asked for, and refunds and repeats count once', async () => {
  const { teamId } = await aBusyTeam(connections);
  await expectEqual(connections.second, teamId);
  const [all] = await connections.first.calls.histogram({ teamIds: [teamId], from: new Date(NOW - HOUR_MS) }, 'minute');
  expect([all]).toEqual((await listed(connections.first, { teamIds: [teamId], from: new Date(NOW - HOUR_MS) }, 'minute')).slice(0, 1));
});

it('calls that a rule of their team takes out of the log are counted no more, and nothing is left of their hours', async () => {
  const { first } = connections;
  const { teamId } = await aBusyTeam(connections);
  const hours = `select min(start) as first, sum(requests)::int as requests from call_hours where team_id = $1`;
  const [before] = await first.query<{ first: Date; requests: number }>(hours, [teamId]);
  await first.query(`insert into retention_rules (kind, team_id, days, source) values ('calls', $1, 2, 'api')`, [teamId]);
  // In parts, as the housekeeping does it.
  while ((await first.housekeeping.expireCalls(new Date(NOW), 90, 7)) > 0);
  await expectEqual(first, teamId, false);
  const [after] = await first.query<{ first: Date; requests: number }>(hours, [teamId]);
  expect(after!.requests).toBeLessThan(before!.requests / 2);
  expect(after!.first.getTime()).toBeGreaterThan(NOW - 2 * DAY_MS - HOUR_MS);
});

it('hours go with the partitions of the log that are dropped', async () => {
  const { first } = connections;
  await first.query(`update partitioning set every = 'day'`);
  const { teamId } = await aBusyTeam(connections);
  await first.calls.keep([refusedAt(NOW + 5 * HOUR_MS, await aTeam(first), { teamId })]);
  await first.calls.catchUp();
  await first.housekeeping.makePartitions(new Date(NOW + DAY_MS));
  const soon = new Date(NOW + 4 * HOUR_MS);
  expect(await first.calls.dropBefore(soon)).toBe(partitionsEndedBy(soon));
  await expectEqual(first, teamId, false);
  expect(await first.query('select requests::int, start from call_hours')).toEqual([
    { requests: 1, start: new Date(Math.floor(NOW / HOUR_MS + 5) * HOUR_MS) },
  ]);
  // Of the day in the course of which the partition ends, some may be left; what was dropped is not counted all the same.
  expect(await first.query('select 1 from call_days where start < $1', [new Date(Math.floor(NOW / DAY_MS) * DAY_MS)])).toEqual([]);
});

it('a log that was there before the hours is counted when the installation is upgraded', async () => {
  const url = await createEmptyDatabase();
  const database = createDatabase({ url, poolMax: 2, applicationName: 'upgrade' });
  try {
    await migrate(url);
    const { teamId } = await aBusyTeam({ first: database });
    const counted = () =>
      Promise.all(
        ['call_hours', 'call_days'].map((table) =>
          database.query(`select * from ${table} order by team_id, start, credential_id, model, provider, endpoint, status`),
        ),
      );
    const before = await counted();
    // As the version before left it.
    await database.query(`drop table call_hours, call_days`);
    for (const trigger of ['come', 'change', 'go']) await database.query(`drop trigger calls_${trigger} on calls`);
    await database.query(`delete from knex_migrations where name like '0031%'`);
    await database.migrate();
    expect(await counted()).toEqual(before);
    await expectEqual(database, teamId);
  } finally {
    await database.close();
    await dropTestDatabase(url);
  }
});
