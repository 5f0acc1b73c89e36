/**
 * What the pages hold in memory while the team's work goes by: real runs of the sandbox, as events of the stream. An hour of one update a
 * second is pressed into what the machine can do; the pages gather changes for a quarter of a second, so that they are drawn less often than
 * in an hour. `ATELIER_CONSOLE_MEMORY_MINUTES=15` goes on for so long: four redraws a second are then as many as an hour has.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { apiOf } from './support/api.mjs';
import { signIn } from './support/browser.mjs';
import { growthOf, lookerAt } from './support/memory.mjs';
import { useStack } from './support/stack.mjs';

/** Of an hour with one update a second. */
const UPDATES = 3_600;
const MOST_ITEMS = 10_000;
const minutes = Number(process.env.ATELIER_CONSOLE_MEMORY_MINUTES ?? '0');

const stack = useStack();

/** Counts the events that a tab of the team is told. */
async function countUpdates({ origin, key }) {
  const abort = new AbortController();
  const response = await fetch(`${origin}/v1/events?types=task.*,campaign.*`, {
    headers: { authorization: `Bearer ${key}` },
    signal: abort.signal,
  });
  let count = 0;
  /** @type {{ least: number, tell: () => void }[]} */
  let waiting = [];
  const read = async () => {
    for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
      count += (text.match(/^event: (?:task|campaign)\./gm) ?? []).length;
      for (const { tell } of waiting.filter(({ least }) => count >= least)) tell();
      waiting = waiting.filter(({ least }) => count < least);
    }
  };
  const reading = read().catch((error) => assert.ok(abort.signal.aborted, error));
  return {
    count: () => count,
    /** Resolves once there were so many. @param {number} least */
    reach: (least) =>
      new Promise((resolve) => (count >= least ? resolve(undefined) : waiting.push({ least, tell: () => resolve(undefined) }))),
    stop: () => (abort.abort(), reading),
  };
}

/** A campaign of text; a long run may see its end. */
async function startWork(api) {
  const items = Array.from({ length: MOST_ITEMS }, (_, at) => ({ key: `row-${at + 1}`, input: { prompt: `A tin, ${at + 1}` } }));
  const defaults = { type: 'text', model: 'sandbox-text' };
  const { id } = await api('POST', '/v1/campaigns', { name: 'An hour', defaults, items, concurrency: 8 });
  return { id, stop: () => api.ask('POST', `/v1/campaigns/${id}/cancel`) };
}

/** Kept in each page before its own code runs: every event leaves a row behind that listens, as a careless component would. */
function leakRows() {
  const kept = (globalThis.leaked = []);
  const add = EventSource.prototype.addEventListener;
  EventSource.prototype.addEventListener = function listen(type, listener, ...more) {
    return add.call(
      this,
      type,
      (event) => {
        const row = document.createElement('li');
        row.addEventListener('click', () => event.data);
        row.append(event.data);
        kept.push(row);
        listener.call(this, event);
      },
      ...more,
    );
  };
}

/**
 * Opens the tasks list and the campaign's board, each in a tab of the same browser, and looks at both after a third of the work and at its
 * end: by then what is shown is as much as it will be.
 * @param {{ updates: number, minutes?: number, leak?: () => void }} how
 */
async function watched({ updates, minutes: lasts = 0, leak }) {
  const { origin, keys } = stack.atelier;
  const api = apiOf(origin, keys.production);
  const person = await stack.browser.person();
  if (leak !== undefined) await person.context.addInitScript(leak);
  await signIn(person.page, stack.atelier, '/t/sample/tasks');
  const told = await countUpdates({ origin, key: keys.production });
  const work = await startWork(api);
  const board = await person.context.newPage();
  await board.goto(`${origin}/console/t/sample/campaigns/${work.id}`);
  await board.getByRole('group', { name: 'Wall', exact: true }).waitFor();
  await person.page.getByRole('grid').waitFor();
  const redraws = { tasks: 0, board: 0 };
  const reads = { tasks: /\/v1\/tasks\?/, board: /\/v1\/campaigns\/[^/]+$/ };
  const tabs = { tasks: person.page, board };
  const look = {};
  for (const [name, page] of Object.entries(tabs)) {
    page.on('requestfinished', (request) => (redraws[name] += reads[name].test(request.url()) ? 1 : 0));
    look[name] = await lookerAt(page);
  }
  const lookAll = async () => ({ tasks: await look.tasks(), board: await look.board() });
  const begun = Date.now();
  /** @param {number} share - of the work, from its beginning */
  const until = (share) =>
    lasts === 0 ? told.reach(updates * share) : new Promise((resolve) => setTimeout(resolve, begun + lasts * 60_000 * share - Date.now()));

  await until(1 / 3);
  const [before, count] = [await lookAll(), told.count()];
  await until(1);
  const after = await lookAll();
  const seen = { updates: told.count(), after: count, redraws, before, end: after };
  await work.stop();
  await told.stop();
  await person.context.close();
  return { ...seen, faults: person.faults };
}

const growth = ({ before, end }) =>
  Object.keys(before).flatMap((name) => growthOf(before[name], end[name]).map((one) => `${name}: ${one}`));

test('a page that keeps a row and a listener of each event is found to grow', async () => {
  const seen = await watched({ updates: UPDATES / 4, leak: leakRows });
  assert.deepEqual(
    growth(seen).map((one) => one.split(' from')[0]),
    ['tasks: nodes', 'tasks: listeners'],
  );
});

test('an hour of updates leaves the tasks list and the board of a campaign as large as they were', async (context) => {
  const seen = await watched({ updates: UPDATES, minutes });
  context.diagnostic(JSON.stringify(seen));
  assert.ok(minutes > 0 || seen.updates >= UPDATES, `${seen.updates}`);
  assert.deepEqual(growth(seen), []);
  assert.deepEqual(seen.faults, []);
});
