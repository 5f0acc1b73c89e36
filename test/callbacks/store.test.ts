import { createDatabase, type Database } from '../../adapters/db';
import type { CallbackAttempt, CallbackTurn } from '../../domain/events/callback';
import { eventually } from '../support/eventually';
import { useDatabase } from '../support/stack';
import { aTeam } from '../db/support';

const suite = useDatabase();
let database: Database;
let teamId: number;
let made = 0;

beforeAll(async () => {
  database = createDatabase({ url: suite.url, poolMax: 6, applicationName: 'atelier test callbacks' });
  teamId = (await aTeam(database)).teamId;
});

afterAll(() => database.close());

/** Writes an event as the end of a task does. */
async function anEvent(): Promise<string> {
  made += 1;
  const id = `evt_${String(made).padStart(32, '0')}`;
  await database.query(
    "insert into callbacks (id, task_id, team_id, type, url, next_attempt_at) values ($1, $2, $3, 'task.succeeded', 'http://127.0.0.1:9/', now())",
    [id, `task_${id.slice(4)}`, teamId],
  );
  return id;
}

async function takeTurn(id: string): Promise<CallbackTurn> {
  const taken = await database.callbacks.takeTurn(id);
  if (taken.kind !== 'turn') throw new Error(`No turn: ${taken.kind}`);
  return taken.turn;
}

function anAttempt(statusCode: number): CallbackAttempt {
  return { at: new Date(), statusCode, durationMs: 3, error: statusCode === 200 ? null : 'no', responseExcerpt: null, request: null };
}

const AGAIN = { status: 'pending', againInMs: 60_000 } as const;
const DELIVERED = { status: 'delivered', againInMs: null } as const;

test('a new event is said on the feed and given to one of those who ask', async () => {
  let heard = 0;
  database.changes.onCallback(() => (heard += 1));
  // The feed's connection is there once an event is heard.
  await eventually(async () => (await anEvent()) !== '' && heard > 0, { withinMs: 10_000 });
  await database.callbacks.takeDue(100);
  const id = await anEvent();

  const taken = await Promise.all(Array.from({ length: 4 }, () => database.callbacks.takeDue(100)));

  expect(taken.flat()).toEqual([{ id, isKnown: false }]);
  expect(await database.callbacks.takeDue(100)).toEqual([]);
});

test('a try that is not due gets no turn, and one in a pause is nobody else’s to start', async () => {
  const id = await anEvent();
  await database.callbacks.endTurn(await takeTurn(id), anAttempt(500), AGAIN, null);

  const taken = await database.callbacks.takeTurn(id);

  expect(taken.kind === 'early' && taken.dueInMs > 50_000 && taken.dueInMs <= 60_000).toBe(true);
  expect((await database.callbacks.takeDue(100)).map((due) => due.id)).not.toContain(id);
  expect(await database.callbacks.takeTurn('evt_none')).toEqual({ kind: 'closed' });
});

test('the end of a turn that is said twice is written once', async () => {
  const id = await anEvent();
  const turn = await takeTurn(id);

  const first = await database.callbacks.endTurn(turn, anAttempt(500), AGAIN, null);
  const second = await database.callbacks.endTurn(turn, anAttempt(500), AGAIN, null);

  expect([first.status, second.status]).toEqual(['pending', 'pending']);
  expect((await database.callbacks.get(id, teamId))?.attempts).toHaveLength(1);
});

test('a redelivery asked for during a try outlasts what that try decides, and begins the tries anew', async () => {
  const id = await anEvent();
  const turn = await takeTurn(id);
  await database.callbacks.redeliver(id);

  const after = await database.callbacks.endTurn(turn, anAttempt(200), DELIVERED, null);
  const next = await takeTurn(id);

  expect(after.status === 'pending' && after.againInMs < 1_000).toBe(true);
  expect(next).toMatchObject({ round: 2, triesBefore: 0 });
  expect(next.callback.attempts.map(({ statusCode }) => statusCode)).toEqual([200]);
  expect(await database.callbacks.endTurn(next, anAttempt(200), DELIVERED, null)).toEqual(DELIVERED);
  expect(await database.callbacks.takeTurn(id)).toEqual({ kind: 'closed' });
});

test('the log keeps the last hundred tries in their order', async () => {
  const id = await anEvent();
  for (let n = 1; n <= 103; n += 1) {
    await database.callbacks.endTurn(await takeTurn(id), { ...anAttempt(500), durationMs: n }, { status: 'pending', againInMs: 0 }, null);
  }

  const durations = (await database.callbacks.get(id, null))?.attempts.map(({ durationMs }) => durationMs);

  expect(durations).toEqual(Array.from({ length: 100 }, (_, index) => index + 4));
});

test('an answer with bytes that Postgres cannot store is logged all the same', async () => {
  const id = await anEvent();

  await database.callbacks.endTurn(await takeTurn(id), { ...anAttempt(500), responseExcerpt: 'a\0b\ud800c' }, AGAIN, null);

  expect((await database.callbacks.get(id, teamId))?.attempts[0]?.responseExcerpt).toBe('a\uFFFDb\uFFFDc');
});
