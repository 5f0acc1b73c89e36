import { ROUTES } from '../../domain/access/routes';
import { RECORDED_ROUTES } from '../../domain/records/endpoints';
import { ADMIN_KEY, KEYS, useApi } from './support/api';
import { keysOf } from './support/keys';

const api = useApi();
const { aKey } = keysOf(api);

const CHAT = { model: 'gpt-test', messages: [{ role: 'user', content: 'a secret recipe' }] };

/** The log's rows of one request. */
async function callsOf(requestId: string | null, key: string = KEYS.site): Promise<readonly any[]> {
  const { body, status } = await api.call('GET', `/v1/logs?q=${String(requestId)}`, { key });
  expect(status).toBe(200);
  return body.data;
}

/** Asks and answers the one row that the log has of it. */
async function logged(path: string, options: Parameters<typeof api.call>[2] = {}): Promise<{ readonly status: number; readonly row: any }> {
  const answer = await api.call('POST', path, options);
  const rows = await callsOf(answer.headers.get('x-request-id'), options.key ?? KEYS.site);
  expect(rows).toHaveLength(1);
  return { status: answer.status, row: rows[0] };
}

function aForm(fields: Readonly<Record<string, string>>, file: readonly [string, string]): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  form.set(file[0], new Blob([Buffer.from('not a file of that kind')]), file[1]);
  return form;
}

describe('what the log tells', () => {
  test('a chat stands in the log as soon as it was answered, with what its request knew and nothing of the prompt', async () => {
    const answer = await api.call('POST', '/v1/chat/completions', { body: CHAT, headers: { 'user-agent': 'OpenAI/Python 1.54.3' } });
    expect(answer.status).toBe(200);
    const requestId = answer.headers.get('x-request-id')!;
    const list = await api.call('GET', `/v1/logs?q=${requestId}`);
    expect(list.text).not.toContain('recipe');
    expect(list.body.data).toEqual([
      {
        id: requestId.replace('req_', 'call_'),
        object: 'call',
        at: expect.stringMatching(/^\d{4}-/),
        request_id: requestId,
        task_id: answer.headers.get('x-atelier-run-id'),
        endpoint: 'chat.completions',
        credential: 'site',
        class: 'production',
        project: null,
        team: 'studio',
        member: null,
        campaign_id: null,
        client: 'openai-python 1.x',
        ip: '127.0.0.1',
        stream: false,
        model: 'gpt-test',
        served_model: 'gpt-test',
        provider: 'fake',
        attempts: 1,
        fallback: false,
        status: 'succeeded',
        http_status: 200,
        error_code: null,
        usage: null,
        cost_usd: '0',
        latency_ms: { queue: expect.any(Number), first_token: null, total: expect.any(Number) },
        bodies: null,
      },
    ]);
    const one = await api.call('GET', `/v1/logs/${requestId.replace('req_', 'call_')}`);
    expect(one.body).toEqual(list.body.data[0]);
  });

  const texts: readonly (readonly [string, string, object])[] = [
    ['/v1/chat/completions', 'chat.completions', CHAT],
    ['/chat/completions', 'chat.completions', CHAT],
    ['/v1/cursor/chat/completions', 'chat.completions', CHAT],
    ['/v1/completions', 'completions', { model: 'gpt-test', prompt: 'hi' }],
    ['/v1/messages', 'messages', { ...CHAT, max_tokens: 20 }],
    ['/v1/responses', 'responses', { model: 'gpt-test', input: 'hi' }],
    ['/v1/embeddings', 'embeddings', { model: 'embed-test', input: 'hi' }],
    ['/v1/messages/count_tokens', 'messages.count_tokens', CHAT],
  ];
  test.each(texts)('POST %s is told of as %s', async (path, endpoint, body) => {
    const { status, row } = await logged(path, { body });
    expect({ status, ...row }).toMatchObject({ status: 'succeeded', endpoint, http_status: 200, error_code: null });
  });

  const runs: readonly (readonly [string, string, number, object])[] = [
    ['/v1/responses', 'responses', 200, { model: 'gpt-test', input: 'hi', background: true }],
    ['/v1/videos', 'videos', 200, { model: 'video-test', prompt: 'a loaf' }],
    ['/v1/video/generations', 'video.generations', 200, { model: 'video-test', prompt: 'a loaf' }],
    ['/v1/tasks', 'tasks', 202, { type: 'image', model: 'image-test', input: { prompt: 'a loaf' } }],
  ];
  test.each(runs)(
    'POST %s (%s) is told of once its run has ended, with the status that was answered: %i',
    async (path, endpoint, httpStatus, body) => {
      const answer = await api.call('POST', path, { body });
      const requestId = answer.headers.get('x-request-id');
      expect(answer.status).toBe(httpStatus);
      expect(await callsOf(requestId)).toEqual([]);
      const taskId = answer.headers.get('x-atelier-run-id')!;
      const error = {
        code: 'provider_unavailable',
        message: 'x',
        retryable: true,
        providerCode: null,
        providerMessage: null,
        param: null,
      } as const;
      const end = { status: 'failed', actualMicroUsd: 0n, costLines: [], usage: null, textResult: null, attempt: null } as const;
      await api.database.tasks.settle([{ ...end, taskId, error }]);
      expect(await callsOf(requestId)).toMatchObject([
        { endpoint, task_id: taskId, status: 'failed', error_code: 'provider_unavailable', http_status: httpStatus },
      ]);
    },
  );
});

describe('refused requests', () => {
  const bodies: readonly (readonly [string, string, object, number, string, string])[] = [
    ['an unknown model', '/v1/chat/completions', { ...CHAT, model: 'no-such-model' }, 404, 'model_not_found', 'no-such-model'],
    ['a known field of a wrong type', '/v1/chat/completions', { ...CHAT, temperature: 'hot' }, 400, 'invalid_type', 'gpt-test'],
    ['a model without a price', '/v1/messages', { ...CHAT, max_tokens: 1, model: 'unpriced' }, 400, 'model_not_priced', 'unpriced'],
    ['a missing input', '/v1/responses', { model: 'gpt-test', stream: true }, 400, 'missing_required_parameter', 'gpt-test'],
    [
      'a size that is not offered',
      '/v1/images/generations',
      { model: 'image-test', prompt: 'x', size: '64x64' },
      400,
      'invalid_value',
      'image-test',
    ],
    ['an unknown model for a video', '/v1/videos', { model: 'nope', prompt: 'x' }, 404, 'model_not_found', 'nope'],
    [
      'a task of another modality',
      '/v1/tasks',
      { type: 'video', model: 'image-test', input: { prompt: 'x' } },
      400,
      'invalid_value',
      'image-test',
    ],
    [
      'the first of several models',
      '/v1/chat/completions',
      { messages: CHAT.messages, models: ['nope', 'gpt-test'] },
      400,
      'invalid_value',
      'nope',
    ],
  ];
  test.each(bodies)('%s is in the log when its answer is there', async (_title, path, body, status, code, model) => {
    const answered = await logged(path, { body });
    expect(answered.status).toBe(status);
    expect(answered.row).toMatchObject({
      model,
      status: 'failed',
      http_status: status,
      error_code: code,
      cost_usd: '0',
      attempts: 0,
      provider: null,
      served_model: null,
      task_id: null,
      stream: 'stream' in body,
      ip: '127.0.0.1',
    });
  });

  test('a quota that is used up is told with the task that was stored as refused', async () => {
    const { status, row } = await logged('/v1/images/generations', { key: KEYS.poor, body: { model: 'image-test', prompt: 'x' } });
    expect(status).toBe(429);
    expect(row).toMatchObject({
      credential: 'poor',
      error_code: 'insufficient_quota',
      http_status: 429,
      task_id: expect.stringMatching(/^task_/),
    });
  });

  test('a form names its model too', async () => {
    const form = aForm({ model: 'gpt-test' }, ['file', 'a.mp3']);
    const { row } = await logged('/v1/audio/transcriptions', { body: form });
    expect(row).toMatchObject({ endpoint: 'audio.transcriptions', model: 'gpt-test', status: 'failed' });
  });

  test('a key that is refused at the door is told of with the model it asked for', async () => {
    const expired = await aKey({ endpoints: ['images'] });
    const answer = await api.call('POST', '/v1/chat/completions', { key: expired.key, body: CHAT });
    expect(answer.body.error.code).toBe('endpoint_not_allowed');
    expect(await callsOf(answer.headers.get('x-request-id'))).toMatchObject([
      { credential: expired.name, model: 'gpt-test', error_code: 'endpoint_not_allowed', http_status: 403 },
    ]);
  });

  test('a repeat is told of by itself, names the same task and costs nothing', async () => {
    const headers = { 'idempotency-key': 'twice' };
    const first = await logged('/v1/chat/completions', { body: CHAT, headers });
    const second = await logged('/v1/chat/completions', { body: CHAT, headers });
    expect(second.row).toMatchObject({ status: 'succeeded', http_status: 200, cost_usd: '0', attempts: 0, task_id: first.row.task_id });
    expect(second.row.id).not.toBe(first.row.id);
  });

  test('what names no model, no key of a team, or only asks for a price is not told of', async () => {
    const asked = await Promise.all([
      api.call('POST', '/v1/chat/completions', { body: { messages: CHAT.messages } }),
      api.call('POST', '/v1/chat/completions', { body: CHAT, key: 'sk-nobody' }),
      api.call('POST', '/v1/chat/completions', { body: CHAT, key: ADMIN_KEY }),
      api.call('POST', '/v1/tasks/estimate', { body: { type: 'image', model: 'image-test', input: { prompt: 'x' } } }),
    ]);
    for (const { headers } of asked) {
      const { body } = await api.call('GET', `/admin/v1/logs?q=${headers.get('x-request-id')}`, { key: ADMIN_KEY });
      expect(body.data).toEqual([]);
    }
  });
});

test('every route that generates is told of, but those that only ask, only store, or make many', () => {
  const generating = Object.entries(ROUTES).flatMap(([name, action]) => (action === 'generation.create' ? [name] : []));
  expect(generating.filter((name) => !Object.hasOwn(RECORDED_ROUTES, name))).toEqual([
    'POST /v1/images/variations',
    'POST /v1/files',
    'POST /v1/batches',
    'POST /v1/assets',
    'POST /v1/tasks/estimate',
    'POST /v1/tasks/replay',
    'POST /v1/campaigns',
    'POST /v1/campaigns/estimate',
    'POST /v1/templates/:id/render',
  ]);
});

describe('reading', () => {
  test('filters choose, pages follow one another newest first, and foreign calls are not there', async () => {
    for (let i = 0; i < 5; i += 1) await api.call('POST', '/v1/chat/completions', { body: { ...CHAT, model: 'paged' } });
    await api.call('POST', '/v1/chat/completions', { body: { ...CHAT, model: 'paged' }, key: KEYS.other });
    const first = await api.call('GET', '/v1/logs?model=paged&limit=3');
    expect(first.body).toMatchObject({ object: 'list', has_more: true, last_id: first.body.data[2].id });
    const second = await api.call('GET', `/v1/logs?model=paged&limit=3&after=${first.body.last_id}`);
    expect(second.body.has_more).toBe(false);
    const ids = [...first.body.data, ...second.body.data].map(({ id }) => id);
    expect(ids).toHaveLength(5);
    expect(ids).toEqual(ids.toSorted().toReversed());

    const all = await api.call('GET', '/admin/v1/logs?model=paged', { key: ADMIN_KEY });
    expect(all.body.data.map(({ team }: { team: string }) => team).toSorted()).toEqual(['rival', ...Array(5).fill('studio')]);
    const own = await api.call('GET', '/admin/v1/logs?model=paged');
    expect(own.body.data).toHaveLength(5);
    const foreign = all.body.data.find(({ team }: { team: string }) => team === 'rival');
    expect((await api.call('GET', `/v1/logs/${foreign.id}`)).status).toBe(404);

    const count = async (query: string): Promise<number> =>
      (await api.call('GET', `/admin/v1/logs?model=paged&${query}`, { key: ADMIN_KEY })).body.data.length;
    const { at } = foreign;
    expect(await count('team=rival')).toBe(1);
    expect(await count('credential=other')).toBe(1);
    expect(await count('class=production')).toBe(6);
    expect(await count('status=succeeded')).toBe(0);
    expect(await count('error_code=model_not_found&endpoint=chat.completions')).toBe(6);
    expect(await count('endpoint=tasks')).toBe(0);
    expect(await count('min_cost_usd=0.01')).toBe(0);
    expect(await count('provider=fake')).toBe(0);
    expect(await count('project=nobody')).toBe(0);
    expect(await count('q=127.0.0')).toBe(6);
    expect(await count(`from=${at}`)).toBe(1);
    expect(await count(`to=${at}`)).toBe(5);
  });

  test.each(['limit=0', 'status=done', 'from=yesterday', 'endpoint=nowhere', 'after=task_1', 'colour=red', 'min_cost_usd=-1'])(
    'a query with %s is refused and told what is wrong',
    async (query) => {
      const { status, body } = await api.call('GET', `/v1/logs?${query}`);
      expect({ status, param: body.error.param }).toEqual({ status: 400, param: query.split('=')[0] });
    },
  );

  test('the CSV file has every row that the filters choose, and runs no formula', async () => {
    const model = '=cmd|calc';
    for (let i = 0; i < 3; i += 1) await api.call('POST', '/v1/embeddings', { body: { model, input: 'x' } });
    const file = await api.call('GET', `/v1/logs?format=csv&model=${encodeURIComponent(model)}`);
    expect(file.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    const [head, ...rows] = file.text.trimEnd().split('\r\n');
    expect(head).toMatch(/^id,at,request_id,task_id,endpoint,team,/);
    expect(rows).toHaveLength(3);
    expect(rows[0]).toContain(`,"'=cmd|calc",`);
  });

  test('the histogram counts by interval', async () => {
    for (let i = 0; i < 4; i += 1) await api.call('POST', '/v1/embeddings', { body: { model: 'counted', input: 'x' } });
    const { body } = await api.call('GET', '/v1/logs/histogram?interval=hour&model=counted');
    const sum = body.data.reduce((total: number, { requests }: { requests: number }) => total + requests, 0);
    expect(body).toMatchObject({ object: 'list', interval: 'hour', data: [{ cost_usd: '0', fallbacks: 0 }] });
    expect(sum).toBe(4);
    const wide = await api.call('GET', '/v1/logs/histogram?interval=minute&from=2020-01-01T00:00:00Z');
    expect(wide.body.error).toMatchObject({ code: 'invalid_value', param: 'from' });
  });
});
