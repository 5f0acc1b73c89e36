import type { ResponseStreamEvent } from 'openai/resources/responses/responses';
import { tooMuchHeld } from '../../../api/http/held';
import type { EventStream } from '../../../api/http/sse';
import { createHeldBytes } from '../../../lib/held-bytes';
import { createLiveResponses, type LiveResponse } from '../../../api/openai/responses/live';
import { eventually } from '../../support/eventually';
import { chunkOf, settle, USAGE } from '../support/lane';
import { BROKEN, finalOf, numbersOf, readAll, textOf, typesOf } from './events';
import { useResponses } from './use-responses';

const { api } = useResponses();
const input = 'Say hello.';

describe('in the background', () => {
  const text = 'Hello 🌍, this is a longer answer than one piece of it.';
  const body = (content: string) => ({
    choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
    usage: USAGE,
  });

  test('a response is queued at once, runs on, and is retrieved when it has ended', async () => {
    const created = await api.client().responses.create({ model: 'gpt-test', input, background: true });
    const running = await api.client().responses.retrieve(created.id);
    await settle(api.database.tasks, created.id.replace('resp_', 'task_'), body('Later.'));
    const done = await api.client().responses.retrieve(created.id);

    expect([created.status, created.background, running.status, done.status, done.output_text]).toEqual([
      'queued',
      true,
      'in_progress',
      'completed',
      'Later.',
    ]);
    expect(api.lane.inBackground.at(-1)!.task.id).toBe(created.id.replace('resp_', 'task_'));
  });

  test('a cancel ends it, again and again; one with a waiting client cannot be cancelled', async () => {
    const created = await api.client().responses.create({ model: 'gpt-test', input, background: true });
    const id = created.id.replace('resp_', 'task_');
    const cancelling = api.client().responses.cancel(created.id);
    await eventually(async () => (await api.database.tasks.find(id, null))?.cancelRequestedAt !== null, { withinMs: 5_000 });
    await api.database.tasks.settle([
      { taskId: id, status: 'cancelled', actualMicroUsd: 0n, costLines: [], usage: null, textResult: null, error: null, attempt: null },
    ]);

    expect((await cancelling).status).toBe('cancelled');
    expect((await api.client().responses.cancel(created.id)).status).toBe('cancelled');
    const waited = await api.client().responses.create({ model: 'gpt-test', input });
    await expect(api.client().responses.cancel(waited.id)).rejects.toMatchObject({ status: 400, param: 'response_id' });
  });

  test.each([3, 4, 6, 9, 1_000])(
    'a stream goes on after event %i as if it had never stopped, while it runs and when it has ended',
    async (after) => {
      let release = (): void => undefined;
      api.lane.script = {
        chunks: ['Hello 🌍, th', 'is is a ', 'l', 'onger answer than one', ' piece of it.'].map((content) => chunkOf({ content })),
        content: text,
        error: null,
        gate: new Promise((resolve) => (release = resolve)),
      };
      const first = api.client().responses.create({ model: 'gpt-test', input, background: true, stream: true });
      const stream = (await first)[Symbol.asyncIterator]();
      const created = (await stream.next()).value;
      const { id } = created.response;
      const rest: ResponseStreamEvent[] = [];
      const resumed = api
        .client()
        .responses.retrieve(id, { stream: true, starting_after: after })
        .then(async (events) => {
          for await (const event of events) rest.push(event);
        });
      release();
      const events = [created, ...(await readAll({ [Symbol.asyncIterator]: () => stream }))];
      await resumed;
      const later = await readAll(await api.client().responses.retrieve(id, { stream: true, starting_after: after }));
      const whole = await readAll(await api.client().responses.retrieve(id, { stream: true }));

      expect(typesOf(events).slice(0, 3)).toEqual(['response.created', 'response.queued', 'response.in_progress']);
      expect(numbersOf(events)).toEqual(events.map((_, index) => index));
      expect(textOf(events)).toBe(text);
      const comparable = (given: readonly any[]) =>
        given.map(({ response, ...event }) => ({
          ...event,
          ...(response === undefined ? {} : { output: response.output, status: response.status }),
        }));
      expect(comparable(whole)).toEqual(comparable(events));
      const expected = comparable(events).slice(after + 1);
      if (after < events.length - 1) for (const part of [rest, later]) expect(comparable(part)).toEqual(expected);
      else expect(later).toMatchObject([{ type: 'response.completed', sequence_number: after + 1 }]);
    },
  );

  test('a client that leaves its stream does not end the run, and may wait for the rest elsewhere', async () => {
    const created = await api.client().responses.create({ model: 'gpt-test', input, background: true });
    const id = created.id.replace('resp_', 'task_');
    const events = readAll(await api.client().responses.retrieve(created.id, { stream: true, starting_after: 0 }));
    await settle(api.database.tasks, id, body(text));

    expect(typesOf(await events).at(-1)).toBe('response.completed');
    expect(numbersOf(await events)[0]).toBe(1);
    expect(textOf(await events)).toBe(text);
    expect(api.lane.abandoned).not.toContain(id);
  });

  test('an answer that was begun by a process which died is not spliced into the one that replaced it', async () => {
    const created = await api.client().responses.create({ model: 'gpt-test', input, background: true });
    const id = created.id.replace('resp_', 'task_');
    await api.database.tasks.endAttempt({
      taskId: id,
      n: 1,
      outcome: 'unknown',
      errorCode: 'outcome_unknown',
      upstreamId: null,
      costMicroUsd: 0n,
    });
    await api.database.tasks.beginAttempt({ taskId: id, n: 2, provider: 'fake', model: 'up-text', instanceId: null });
    await settle(api.database.tasks, id, body(text));

    const anew = await readAll(await api.client().responses.retrieve(created.id, { stream: true, starting_after: 2 }));
    const rest = await readAll(await api.client().responses.retrieve(created.id, { stream: true, starting_after: 5 }));

    expect(textOf(anew)).toBe(text);
    expect(rest).toMatchObject([{ type: 'response.completed', sequence_number: 6, response: { output: [{ content: [{ text }] }] } }]);
  });

  test('a failure is the last event, and can be resumed too', async () => {
    api.lane.script = { ...api.lane.script, chunks: [chunkOf({ content: 'Hello' })], error: BROKEN };

    const events = await readAll(await api.client().responses.create({ model: 'gpt-test', input, background: true, stream: true }));
    const again = await readAll(
      await api.client().responses.retrieve(finalOf(events).id, { stream: true, starting_after: events.length - 2 }),
    );

    expect(typesOf(events).slice(-2)).toEqual(['error', 'response.failed']);
    expect(again.at(-1)).toMatchObject({ type: 'response.failed', response: { error: { code: 'stream_interrupted' } } });
  });

  test('an answer whose events are more than a process keeps or a socket takes arrives whole, live and resumed', async () => {
    // Eight characters an event: some 60,000 events of 200 bytes.
    const long = 'Sea, sky'.repeat(60_000);
    let release = (): void => undefined;
    api.lane.script = {
      chunks: Array.from({ length: 60 }, (_, at) => chunkOf({ content: long.slice(at * 8_000, (at + 1) * 8_000) })),
      content: long,
      error: null,
      gate: new Promise((resolve) => (release = resolve)),
    };
    const stream = (await api.client().responses.create({ model: 'gpt-test', input, background: true, stream: true }))[
      Symbol.asyncIterator
    ]();
    const created = (await stream.next()).value;
    release();
    const events = [created, ...(await readAll({ [Symbol.asyncIterator]: () => stream }))];
    const resumed = await readAll(await api.client().responses.retrieve(created.response.id, { stream: true, starting_after: 50_000 }));

    expect(textOf(events) === long).toBe(true);
    expect(numbersOf(events).every((number, index) => number === index)).toBe(true);
    expect(typesOf(events).at(-1)).toBe('response.completed');
    expect(numbersOf(resumed)).toEqual(numbersOf(events).slice(50_001));
    expect(textOf(resumed) === textOf(events.slice(50_001))).toBe(true);
  }, 60_000);

  test('only background responses are streamed again', async () => {
    const { id } = await api.client().responses.create({ model: 'gpt-test', input });

    const answer = await api.call('GET', `/v1/responses/${id}?stream=true`);

    expect([answer.status, answer.body.error.param]).toEqual([400, 'stream']);
  });
});

test('a run whose events found no room is counted until it ends: its request is held as long', () => {
  const held = createHeldBytes({ processBytes: 4_000_000, teamBytes: 2_000_000, patienceMs: 10 }, tooMuchHeld);
  const holding = held.open(1);
  holding.hold(1_500_000);
  held.open(1).hold(300_000);
  const live = createLiveResponses().open('task_1', holding);
  // The answer has gone out, the call goes on.
  holding.release();

  live.append([{ data: '€'.repeat(400_000) }]);
  const whileItRuns = held.total();
  live.end();

  expect([whileItRuns, held.total()]).toEqual([1_800_000, 300_000]);
});

test('a slow reader is waited for, and a response keeps 8 MiB of events: what follows comes from the stored answer', async () => {
  const held = createHeldBytes({ processBytes: 100_000_000, teamBytes: 100_000_000, patienceMs: 10 }, tooMuchHeld);
  const live = createLiveResponses();
  const [kept, left] = ['task_1', 'task_2'].map((id) => {
    const holding = held.open(1);
    const response = live.open(id, holding);
    // The answer to the create has gone out.
    holding.release();
    return response;
  }) as [LiveResponse, LiveResponse];
  const piece = { data: 'x'.repeat(1024 * 1024) };
  const sent: string[] = [];
  let read = (): void => undefined;
  const stream: EventStream = {
    send: (data) => void sent.push(data),
    ping: () => undefined,
    drained: () => new Promise((resolve) => (read = resolve)),
    end: () => undefined,
  };
  const signal = new AbortController().signal;
  const follows = [kept.follow(-1, stream, signal), left.follow(-1, { ...stream, drained: () => undefined }, AbortSignal.abort())];
  kept.append([piece, piece, piece]);
  kept.end();
  await new Promise((resolve) => setImmediate(resolve));

  const whileItReads = [sent.length, held.total()];
  for (let event = 0; event < 3; event += 1) {
    read();
    await new Promise((resolve) => setImmediate(resolve));
  }
  for (let count = 0; count < 20; count += 1) left.append([piece]);
  const afterTheBound = [held.total(), live.find('task_2')];

  expect(whileItReads).toEqual([1, 3 * 1024 * 1024]);
  expect(await Promise.all(follows)).toEqual([
    { last: 2, isEnd: true },
    { last: -1, isEnd: false },
  ]);
  expect(afterTheBound).toEqual([8 * 1024 * 1024, undefined]);
});
