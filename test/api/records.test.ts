import { ADMIN_KEY, KEYS, useApi } from './support/api';

const api = useApi();

const ERROR = {
  code: 'provider_unavailable',
  message: 'x',
  retryable: true,
  providerCode: null,
  providerMessage: null,
  param: null,
} as const;
const END = { actualMicroUsd: 0n, costLines: [], usage: null, textResult: null, attempt: null, error: null } as const;

/** An image that was asked for, and ended if it is to. */
async function anImage(prompt: string, options: { body?: object; end?: 'succeeded' | 'failed'; key?: string } = {}): Promise<string> {
  const { body = {}, end, key = KEYS.site } = options;
  const answer = await api.call('POST', '/v1/tasks', { body: { type: 'image', model: 'image-test', input: { prompt }, ...body }, key });
  expect(answer.status).toBe(202);
  const taskId: string = answer.body.id;
  if (end !== undefined) await api.database.tasks.settle([{ ...END, taskId, status: end, error: end === 'failed' ? ERROR : null }]);
  return taskId;
}

async function list(query: string, key: string = KEYS.site): Promise<readonly string[]> {
  const { status, body } = await api.call('GET', `/v1/tasks?${query}`, { key });
  expect({ status, error: body.error }).toEqual({ status: 200, error: undefined });
  return body.data.map(({ id }: { id: string }) => id);
}

const search = (q: string, more = ''): Promise<readonly string[]> => list(`q=${encodeURIComponent(q)}${more}`);

describe('the list of tasks', () => {
  test('finds words of the prompt by their beginnings in any order, whether the task runs, has just ended or was refused', async () => {
    const running = await anImage('A marmalade jar on a Windowsill, café light');
    const ended = await anImage('Windowsill with two marmalade jars', { end: 'succeeded' });
    await anImage('A jar of honey', { end: 'failed' });
    const chat = await api.call('POST', '/v1/tasks', {
      body: {
        type: 'text',
        model: 'gpt-test',
        input: { messages: [{ role: 'user', content: [{ type: 'text', text: 'why marmalade?' }] }] },
      },
    });
    const refused = await api.call('POST', '/v1/tasks', {
      key: KEYS.poor,
      body: { type: 'image', model: 'image-test', input: { prompt: 'marmalade that nobody can pay' } },
    });
    expect(refused.status).toBe(429);

    expect(await search('windowsill MARMAL')).toEqual([ended, running]);
    expect(await search('café')).toEqual([running]);
    expect(await search('marmalade')).toEqual([refused.headers.get('x-atelier-run-id'), chat.body.id, ended, running]);
    expect(await search('marmalade', '&status=failed,expired')).toEqual([refused.headers.get('x-atelier-run-id')]);
    expect(await search('marmalade', '&type=image&status=running&status=queued')).toEqual([running]);
    expect(await list('q=marmalade', KEYS.other)).toEqual([]);
    expect(await list('q=marmalade&credential=poor')).toEqual([refused.headers.get('x-atelier-run-id')]);
    const empty = await api.call('GET', '/v1/tasks?q=%20!%20');
    expect([empty.status, empty.body.error]).toMatchObject([400, { param: 'q' }]);
  });

  test('finds Chinese as it stands in the prompt, from one character on, beside Latin words', async () => {
    const poster = await anImage('夏日海报，一杯4k柠檬茶 Lemon Tea 在木桌上', { end: 'succeeded' });
    const running = await anImage('冬日海报：红色围巾');

    expect(await search('海报')).toEqual([running, poster]);
    expect(await search('夏日海报')).toEqual([poster]);
    expect(await search('柠檬茶 lemon')).toEqual([poster]);
    expect(await search('４Ｋ柠檬')).toEqual([poster]);
    expect(await search('茶')).toEqual([poster]);
    expect(await search('围巾')).toEqual([running]);
    // Both words are there, but not this one.
    expect(await search('日报')).toEqual([]);
    expect(await search('报一')).toEqual([]);
  });

  test('chooses by facts of the run and pages through what it chose without losing or repeating any', async () => {
    const pair = { metadata: { shoot: 'spring, 2', 'a.b': '=1' } };
    const ids: string[] = [];
    for (let index = 0; index < 5; index += 1) {
      ids.unshift(
        await anImage(`page ${String(index)}`, { body: pair, ...(index === 2 ? {} : { end: index === 4 ? 'failed' : 'succeeded' }) }),
      );
    }
    const query = `metadata[shoot]=${encodeURIComponent('spring, 2')}&metadata.a.b=%3D1&class=production&credential=site`;
    expect(await list(query)).toEqual(ids);
    expect(await list(`${query}&fallback=true`)).toEqual([]);
    expect(await list(`${query}&error_code=provider_unavailable`)).toEqual([ids[0]]);
    expect(await list(`${query}&metadata[shoot]=autumn`.replace(/^metadata\[shoot\]=[^&]*&/, ''))).toEqual([]);
    expect(await list(`${query}&limit=2`)).toEqual(ids.slice(0, 2));
    expect(await list(`${query}&limit=2&after=${String(ids[1])}`)).toEqual(ids.slice(2, 4));
    expect(await list(`${query}&limit=2&after=${String(ids[3])}`)).toEqual(ids.slice(4));
    expect(await list(`${query}&order=asc&limit=3`)).toEqual([...ids].reverse().slice(0, 3));
    expect(await list(`ids=${ids.slice(1, 3).join(',')},task_unknown`)).toEqual(ids.slice(1, 3));
    expect(await list(`${query}&ids=${String(ids[2])}`)).toEqual([ids[2]]);
    expect(await list(`ids=${ids.join(',')}`, KEYS.other)).toEqual([]);
    const at = (await api.call('GET', `/v1/tasks/${String(ids[2])}`)).body.created_at as string;
    expect(await list(`${query}&created_before=${at}`)).toEqual(ids.slice(3));
    expect(await list(`ids=${ids.join(',')}&created_after=${at}&created_before=2999-01-01T00:00:00Z`)).toEqual(ids.slice(0, 2));
    expect(await list('credential=nobody')).toEqual([]);
    expect(await list(query, ADMIN_KEY)).toEqual(ids);

    const counts = await api.call('GET', `/v1/tasks/counts?${query}`);
    expect(counts.body).toEqual({
      object: 'task.counts',
      counts: { total: 5, queued: 1, running: 0, succeeded: 3, failed: 1, cancelled: 0, expired: 0 },
      is_complete: true,
    });
    expect((await api.call('GET', `/v1/tasks/counts?${query}&status=queued`)).body.counts).toMatchObject({ total: 1, queued: 1 });
  });

  test('gives light rows of the fields that are named, and a file whose cells are no formulas', async () => {
    const id = await anImage('=HYPERLINK("http://evil")\nsecond line, 海报', { body: { external_id: 'csv-1' }, end: 'succeeded' });
    const light = await api.call('GET', '/v1/tasks?external_id=csv-1&fields=status,prompt');
    expect(light.body.data).toEqual([{ id, status: 'succeeded', prompt: '=HYPERLINK("http://evil")\nsecond line, 海报' }]);
    const unknown = await api.call('GET', '/v1/tasks?fields=status,secret');
    expect([unknown.status, unknown.body.error.message]).toEqual([400, expect.stringContaining('prompt')]);

    const file = await api.call('GET', '/v1/tasks?external_id=csv-1&format=csv');
    expect(file.headers.get('content-type')).toContain('text/csv');
    const [head, row] = [file.text.slice(0, file.text.indexOf('\r\n')), file.text.slice(file.text.indexOf('\r\n') + 2)];
    expect(head).toMatch(/^id,created_at,.*,prompt$/);
    expect(row.startsWith(`${id},`)).toBe(true);
    expect(row).toContain(`"'=HYPERLINK(""http://evil"")\nsecond line, 海报"`);
  });

  test('forgets the words of a prompt whose retention has passed, and a task that its owner hid', async () => {
    const kept = await anImage('perishable oysters', { end: 'succeeded' });
    const hidden = await anImage('perishable cheese', { end: 'succeeded' });
    expect(await search('perishable')).toEqual([hidden, kept]);
    await api.database.tasks.hide(hidden);
    expect(await search('perishable')).toEqual([kept]);
    await api.database.query(`update teams set retention_days = 1 where name = 'studio'`);
    await api.database.query(`update tasks set finished_at = now() - interval '2 days' where id = $1`, [kept]);
    await api.database.housekeeping.expireTasks(new Date(), 100);
    await api.database.query(`update teams set retention_days = null where name = 'studio'`);
    expect(await search('perishable')).toEqual([]);
    expect(await list(`ids=${kept}`)).toEqual([kept]);
  });
});

describe('several tasks at once', () => {
  test('are cancelled, and each says what became of it', async () => {
    const [one, two] = [await anImage('cancel one'), await anImage('cancel two', { end: 'succeeded' })];
    const foreign = await anImage('not yours', { key: KEYS.other });
    const answer = await api.call('POST', '/v1/tasks/cancel', { body: { ids: [one, two, foreign, one] } });
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      object: 'list',
      data: [
        { id: one, task: expect.objectContaining({ id: one, cancel_requested_at: expect.any(String) }), error: null },
        { id: two, task: expect.objectContaining({ id: two, status: 'succeeded' }), error: null },
        { id: foreign, task: null, error: { code: 'not_found', message: expect.stringContaining(foreign) } },
      ],
    });
    const none = await api.call('POST', '/v1/tasks/cancel', { body: { ids: [] } });
    expect([none.status, none.body.error.param]).toEqual([400, 'ids']);
  });

  test('are replayed once for a key, those that have not ended left out, and each stands in the call log', async () => {
    const [one, two] = [await anImage('replay one', { end: 'failed' }), await anImage('replay two', { end: 'succeeded' })];
    const open = await anImage('still open');
    const ask = () =>
      api.call('POST', '/v1/tasks/replay', { body: { ids: [one, open, two] }, headers: { 'idempotency-key': 'replay-these' } });
    const first = await ask();
    expect(first.status).toBe(200);
    expect(first.body.data.map(({ task, error }: any) => [task?.replay_of, error?.code])).toEqual([
      [one, undefined],
      [undefined, 'task_not_finished'],
      [two, undefined],
    ]);
    const made = first.body.data.filter(({ task }: any) => task !== null).map(({ task }: any) => task.id);
    const again = await ask();
    expect(again.body.data.filter(({ task }: any) => task !== null).map(({ task }: any) => task.id)).toEqual(made);
    for (const taskId of made) await api.database.tasks.settle([{ ...END, taskId, status: 'failed', error: ERROR }]);
    for (const taskId of made) expect((await api.call('GET', `/v1/logs?q=${String(taskId)}`)).body.data).toHaveLength(1);
  });
});

test('what was delivered to a task that was cancelled is shown, and taken up by a replay that costs nothing', async () => {
  const id = await anImage('delivered too late');
  await api.database.tasks.beginAttempt({ taskId: id, n: 1, provider: 'fake', model: 'up-image', instanceId: null });
  const outputs = [{ from: 'staged', key: `staging/${id}/1-0`, revisedPrompt: null } as const];
  await api.database.tasks.recordDelivered(id, 1, { outputs, usage: null, reportedMicroUsd: null });
  const error = { ...ERROR, code: 'cancelled', retryable: false } as const;
  await api.database.tasks.settle([{ ...END, taskId: id, status: 'cancelled', error, actualMicroUsd: 20_000n }]);

  const task = (await api.call('GET', `/v1/tasks/${id}`)).body;
  expect(task).toMatchObject({ status: 'cancelled', late_outputs: { attempt: 1, count: 1 }, error: { cause: 'caller' } });
  const replay = await api.call('POST', `/v1/tasks/${id}/replay`);
  expect(replay.body).toMatchObject({ replay_of: id, cost: { estimated: '0', reserved: '0' } });
  expect((await api.database.tasks.get(replay.body.id, null))!.input).toMatchObject({ resumes: id });
});
