import { createDatabase, type Database } from '../../adapters/db';
import { createWebhookEndpointStore } from '../../adapters/db/events/webhook-endpoints';
import { createSecrets } from '../../adapters/secrets';
import type { Caller } from '../../domain/access/caller';
import type { WebhookEndpointStore } from '../../domain/events/webhook-endpoint';
import { silent } from '../support/silent-logger';
import { useDatabase } from '../support/stack';
import { anAdmission, aSettlement, aTeam } from '../db/support';

const suite = useDatabase();
let database: Database;
let endpoints: WebhookEndpointStore;
let caller: Caller;

beforeAll(() => {
  database = createDatabase({ url: suite.url, poolMax: 12, applicationName: 'atelier test webhooks' });
  endpoints = createWebhookEndpointStore(database, createSecrets('8f0d3b5c71e2a4968f0d3b5c71e2a496', null));
});
beforeEach(async () => {
  caller = await aTeam(database);
});
afterAll(() => database.close());

let made = 0;
async function anEndpoint(eventTypes: readonly string[]): Promise<string> {
  made += 1;
  const id = `whe_${String(made).padStart(32, '0')}`;
  const { teamId } = caller;
  await endpoints.create({ id, teamId, name: 'one', url: 'http://127.0.0.1:9/', eventTypes });
  return id;
}

const tell = (key: string, type = 'budget.threshold') =>
  database.query('select tell_team($1, $2, $3, $4)', [caller.teamId, type, key, { percent: 80 }]);

const deliveriesOf = (endpointId: string) =>
  database.query<{ id: string; event_id: string; sequence: bigint; type: string; created_at: Date }>(
    'select id, event_id, sequence, type, created_at from callbacks where endpoint_id = $1 order by sequence',
    [endpointId],
  );

test('deliveries that many write and many hand out at once are numbered without gaps, each once', async () => {
  const [all, some] = [await anEndpoint(['budget.*', 'incident.*']), await anEndpoint(['budget.threshold'])];
  const handed: string[] = [];
  const handOut = async () => {
    for (let pass = 0; pass < 12; pass += 1) handed.push(...(await database.callbacks.takeDue(100)).map(({ id }) => id));
  };
  const write = async (writer: number) => {
    for (let n = 0; n < 20; n += 1) await tell(`${writer}:${n}`, n % 2 === 0 ? 'budget.threshold' : 'incident.opened');
  };
  await Promise.all([write(1), write(2), write(3), handOut(), handOut(), handOut()]);
  await handOut();

  const [first, second] = [await deliveriesOf(all), await deliveriesOf(some)];
  expect(first.map(({ sequence }) => Number(sequence))).toEqual(Array.from({ length: 60 }, (_, n) => n + 1));
  expect(second.map(({ sequence }) => Number(sequence))).toEqual(Array.from({ length: 30 }, (_, n) => n + 1));
  expect(handed.toSorted()).toEqual([...first, ...second].map(({ id }) => id).toSorted());
  expect(new Set([...first, ...second].map(({ event_id }) => event_id)).size).toBe(60);
});

test('the ends of tasks of one team do not wait for each other at an endpoint', async () => {
  const endpoint = await anEndpoint(['task.*']);
  const group = [1, 2].map(() => anAdmission(caller, { task: { endpoint: 'tasks' } }));
  await database.tasks.admit(group);
  // A pass that numbers holds the endpoint's row.
  await database.transaction(async (sql) => {
    await sql.query('select id from webhook_endpoints where id = $1 for no key update', [endpoint]);
    await database.tasks.settle(group.map(({ task }) => aSettlement(task.id)));
  });
  await database.callbacks.takeDue(100);

  expect((await deliveriesOf(endpoint)).map(({ type }) => type)).toEqual(['task.succeeded', 'task.succeeded']);
});

test('a background response tells how it ended, also where its answer is too large for its row', async () => {
  const objects = new Map<string, string>();
  const texts = {
    put: (key: string, text: string) => Promise.resolve(void objects.set(key, text)),
    read: (key: string) => Promise.resolve(objects.get(key) ?? ''),
    delete: () => Promise.resolve(),
  };
  const large = createDatabase({ url: suite.url, poolMax: 2, applicationName: 'large', contents: { texts, logger: silent } });
  try {
    const endpoint = await anEndpoint(['response.*']);
    const group = Array.from({ length: 6 }, () => anAdmission(caller, { task: { endpoint: 'responses.background' } }));
    await database.tasks.admit(group);
    const answer = (reason: string, content: string) => ({
      textResult: { body: { object: 'chat.completion', choices: [{ index: 0, message: { content }, finish_reason: reason }] } },
    });
    const ends = [
      answer('stop', 'short'),
      answer('length', 'short'),
      answer('length', 'x'.repeat(300_000)),
      answer('stop', 'x'.repeat(300_000)),
      { status: 'cancelled' as const, textResult: null },
      { status: 'expired' as const, textResult: null },
    ];
    for (const [n, end] of ends.entries()) await large.tasks.settle([aSettlement(group[n]!.task.id, end)]);
    await database.callbacks.takeDue(100);

    expect(objects.size).toBe(2);
    const types = (await deliveriesOf(endpoint)).map(({ type }) => type);
    expect(types.toSorted()).toEqual(
      ['completed', 'incomplete', 'incomplete', 'completed', 'cancelled', 'failed'].map((how) => `response.${how}`).toSorted(),
    );
  } finally {
    await large.close();
  }
});

test('a deleted endpoint is delivered nothing more, also what is written at that moment', async () => {
  const endpoint = await anEndpoint(['budget.*']);
  await tell('before');
  const due = await database.callbacks.takeDue(100);
  await tell('late');
  await endpoints.remove(endpoint);

  expect(await database.callbacks.takeTurn(due[0]?.id ?? '')).toEqual({ kind: 'closed' });
  expect(await database.callbacks.takeDue(100)).toEqual([]);
  expect(await endpoints.secrets(endpoint)).toEqual([]);
});

test('an endpoint with a long backlog is disabled all the same, and none of the backlog is sent', async () => {
  const endpoint = await anEndpoint(['budget.*']);
  await database.query(`select tell_team($1, 'budget.threshold', n::text, '{}') from generate_series(1, 2100) as n`, [caller.teamId]);
  await database.callbacks.takeDue(1);
  await endpoints.update(endpoint, { enabled: false });
  const pending = () =>
    database.query<{ id: string }>(`select id from callbacks where endpoint_id = $1 and status = 'pending'`, [endpoint]);
  const left = await pending();

  expect(left.length).toBe(100);
  for (const { id } of left) expect(await database.callbacks.takeTurn(id)).toEqual({ kind: 'closed' });
  expect(await pending()).toEqual([]);
});

test('ended deliveries are forgotten after 30 days, or the retention of the team; what was sent is not shown after it', async () => {
  const endpoint = await anEndpoint(['budget.*']);
  for (const key of ['ended', 'waiting']) await tell(key);
  await database.callbacks.takeDue(100);
  const [ended, waiting] = await deliveriesOf(endpoint);
  const taken = await database.callbacks.takeTurn(ended?.id ?? '');
  if (taken.kind !== 'turn') throw new Error('No turn.');
  const attempt = { at: new Date(), statusCode: 200, durationMs: 3, error: null, responseExcerpt: '', request: { headers: {}, bytes: 2 } };
  await database.callbacks.endTurn(taken.turn, attempt, { status: 'delivered', againInMs: null }, '{}');
  const shown = async () => (await database.callbacks.delivery(endpoint, ended?.id ?? ''))?.requestBody;
  const inDays = (days: number) => database.housekeeping.expireDeliveries(new Date(Date.now() + days * 86_400_000), 100);
  const left = async () => (await deliveriesOf(endpoint)).map(({ id }) => id);

  expect(await shown()).toBe('{}');
  expect([await inDays(29), await left()]).toEqual([0, [ended?.id, waiting?.id]]);
  await database.query('update teams set retention_days = 7 where id = $1', [caller.teamId]);
  await database.query(`update callbacks set created_at = created_at - interval '8 days' where id = $1`, [ended?.id]);
  expect(await shown()).toBeNull();
  expect([await inDays(0), await left()]).toEqual([1, [waiting?.id]]);
});
