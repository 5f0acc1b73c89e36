import type { Caller } from '../../domain/access/caller';
import { EVENT_TYPES } from '../../domain/events/event';
import { aStoredCampaign, endTasks, eventsOf, readCampaign, someItems, startNext } from '../campaign/support/build';
import { eventually } from '../support/eventually';
import { useDatabase } from '../support/stack';
import { anAdmission, aSettlement, aTeam, useConnections } from './support';

const connections = useConnections(useDatabase(), ['first', 'second']);
let caller: Caller;

/** What a listener needs: a function and a trigger. The two of this test are made as any other is, beside code that knows nothing of them. */
const LISTENERS = `
  create table heard (n bigint generated always as identity, event_id text, type text, subject text, team_id int, status text);
  create function on_event_heard() returns trigger language plpgsql as $$ begin
    insert into heard (event_id, type, subject, team_id, status)
    select e.id, e.type, coalesce(e.task_id, e.campaign_id), e.team_id,
           case when e.task_id is not null then (select status from tasks where id = e.task_id) else (select status from campaigns where id = e.campaign_id) end
    from told e;
    return null;
  end $$;
  create trigger heard after insert on events referencing new table as told for each statement execute function on_event_heard();
  create function on_event_refused() returns trigger language plpgsql as $$ begin raise 'the listener refuses'; end $$;
  create trigger refused after insert on events for each row when (new.team_id = -1) execute function on_event_refused()`;

interface Heard {
  readonly event_id: string;
  readonly type: string;
  readonly subject: string;
  readonly team_id: number;
  readonly status: string;
}

const heard = () =>
  connections.first.query<Heard>('select event_id, type, subject, team_id, status from heard where team_id = $1 order by n', [
    caller.teamId,
  ]);

/** What a follower outside the transaction reads after its cursor. */
const FOLLOW = `
  select transaction::text, id from events
  where (transaction, id) > ($1::text::xid8, $2) and transaction < pg_snapshot_xmin(pg_current_snapshot()) order by transaction, id limit 2`;

const SETTLE = 'select settle_tasks($1::text[], $2::json, $3::json)';
/** A settlement as a statement of a test's own transaction. */
const settleValues = (id: string) => {
  const settlement = { id, status: 'succeeded', cost: '40', attempt_n: 1, attempt_outcome: 'succeeded', attempt_cost: '40' };
  return [[id], JSON.stringify([settlement]), '[null]'];
};

async function admitted(count: number, task: Parameters<typeof anAdmission>[1] = {}): Promise<string[]> {
  const group = Array.from({ length: count }, () => anAdmission(caller, task));
  await connections.first.tasks.admit(group);
  return group.map((admission) => admission.task.id);
}

beforeAll(() => connections.first.query(LISTENERS));
beforeEach(async () => {
  caller = await aTeam(connections.first);
});

it('a new listener hears every end of a task once, in the transaction of that end', async () => {
  const statuses = ['succeeded', 'failed', 'cancelled', 'expired'] as const;
  const ids = await admitted(40, { task: { callbackUrl: 'https://example.org/hook' } });
  const settlements = ids.map((id, place) => aSettlement(id, { status: statuses[place % 4]! }));
  // Groups that overlap, on two connections at once, and all of it once more.
  await Promise.all(
    Array.from({ length: 8 }, (_, place) =>
      connections[place % 2 === 0 ? 'first' : 'second'].tasks.settle(settlements.slice(place * 4, place * 4 + 12)),
    ),
  );
  await connections.second.tasks.settle(settlements);

  const events = (await heard()).toSorted((a, b) => (a.subject < b.subject ? -1 : 1));
  expect(events).toEqual(
    settlements.map(({ taskId, status }) => ({
      event_id: taskId.replace('task_', 'evt_'),
      type: `task.${status}`,
      subject: taskId,
      team_id: caller.teamId,
      status,
    })),
  );
  for (const { type } of events) expect(EVENT_TYPES).toContain(type);
  const apart = `select 1 from heard h join events e on e.id = h.event_id join tasks t on t.id = h.subject join callbacks c on c.id = h.event_id
    where h.team_id = $1 and h.xmin = t.xmin and h.xmin = e.xmin and h.xmin = c.xmin and c.type = h.type`;
  expect(await connections.first.query(apart, [caller.teamId])).toHaveLength(40);
});

it('a new listener hears the ends of items and campaigns once, and a group changes its campaign once', async () => {
  const { first } = connections;
  const done = await aStoredCampaign(first, caller, someItems(8), { callbackUrl: 'https://example.org/hook' });
  const poor = await aStoredCampaign(first, caller, someItems(2), { maxCostMicroUsd: 50n });
  const off = await aStoredCampaign(first, caller, someItems(2), { start: false });
  const { taskIds } = await startNext(first, caller, done);
  const before = await readCampaign(first, caller, done);
  await endTasks(first, taskIds);
  expect((await startNext(first, caller, poor)).state).toBe('exhausted');
  await startNext(first, caller, poor);
  await first.campaigns.cancel(off);

  const events = await heard();
  expect(events.filter(({ type }) => type === 'task.succeeded').map(({ subject }) => subject)).toEqual(taskIds);
  expect(events.filter(({ type }) => type.startsWith('campaign.')).map(({ type, subject, status }) => [type, subject, status])).toEqual([
    ['campaign.completed', done, 'completed'],
    ['campaign.budget_exhausted', poor, 'budget_exhausted'],
    ['campaign.cancelled', off, 'cancelled'],
  ]);
  for (const { type } of events) expect(EVENT_TYPES).toContain(type);
  expect(new Set(events.map((event) => event.event_id)).size).toBe(events.length);
  // The counts of eight items, and the end.
  expect((await readCampaign(first, caller, done)).version).toBe(before.version + 2);
  // Only who asked for it is called back; items have no callbacks.
  expect(await eventsOf(first, done)).toEqual(['campaign.completed']);
  expect(await first.query('select id from callbacks where team_id = $1', [caller.teamId])).toHaveLength(1);
});

it('an end that is rolled back tells nothing, whoever breaks it off', async () => {
  const { first, second } = connections;
  const [id = ''] = await admitted(1, { task: { callbackUrl: 'https://example.org/hook' } });
  const untouched = async () => {
    expect(await second.tasks.get(id, caller.teamId)).toMatchObject({ status: 'running', reservedMicroUsd: 100n });
    expect(await second.query('select id from events where task_id = $1 union select id from callbacks where task_id = $1', [id])).toEqual(
      [],
    );
    expect(await heard()).toEqual([]);
  };
  await expect(
    first.transaction(async (sql) => {
      await sql.query(SETTLE, settleValues(id));
      expect(await sql.query('select event_id from heard where subject = $1', [id])).toHaveLength(1);
      throw new Error('broken off');
    }),
  ).rejects.toThrow('broken off');
  await untouched();

  await first.query('update tasks set team_id = -1 where id = $1', [id]);
  await expect(first.tasks.settle([aSettlement(id)])).rejects.toThrow();
  await first.query('update tasks set team_id = $2 where id = $1', [id, caller.teamId]);
  await untouched();

  expect(await first.tasks.settle([aSettlement(id)])).toEqual(['settled']);
  expect(await heard()).toMatchObject([{ subject: id, type: 'task.succeeded' }]);
});

it('a follower passes over no event of a transaction that ends late', async () => {
  const { first, second } = connections;
  const [early = ''] = await admitted(1);
  // Of another team: those of one wait for each other.
  caller = await aTeam(first);
  const late = await admitted(3);
  const read: string[] = [];
  let cursor = { transaction: '0', id: '' };
  const follow = async () => {
    for (let page = [cursor]; page.length > 0;) {
      page = [...(await second.query<typeof cursor>(FOLLOW, [cursor.transaction, cursor.id]))];
      cursor = page.at(-1) ?? cursor;
      read.push(...page.map(({ id }) => id.replace('evt_', 'task_')).filter((id) => id === early || late.includes(id)));
    }
  };
  await first.transaction(async (sql) => {
    await sql.query(SETTLE, settleValues(early));
    await second.tasks.settle(late.map((id) => aSettlement(id)));
    await follow();
    expect(read).toEqual([]);
  });
  // Transactions of other tests on this server hold it up as well.
  await eventually(
    async () => {
      await follow();
      return read.length === 4;
    },
    { withinMs: 20_000 },
  );
  expect(read).toEqual([early, ...late]);
});

it('events are forgotten after 48 hours', async () => {
  const { first } = connections;
  const [old = '', recent = ''] = await admitted(2);
  await first.tasks.settle([aSettlement(old)]);
  await first.tasks.settle([aSettlement(recent)]);
  const kept = async () =>
    (await first.query<{ task_id: string }>('select task_id from events where team_id = $1 order by id', [caller.teamId])).map(
      (row) => row.task_id,
    );
  const now = new Date();
  await first.query(`update events set at = $2::timestamptz - interval '49 hours' where task_id = $1`, [old, now]);
  // Only what the call log has taken in, which transactions of other tests on this server hold up.
  const forgotten = await eventually(
    async () => {
      await first.query('select record_calls(1000)');
      const count = await first.housekeeping.forgetEvents(now);
      return count === 0 ? undefined : count;
    },
    { withinMs: 20_000 },
  );

  expect(forgotten).toBe(1);
  expect(await kept()).toEqual([recent]);
  expect(await first.housekeeping.forgetEvents(now)).toBe(0);
});
