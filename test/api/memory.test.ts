import { createDatabase } from '../../adapters/db';
import { createObjectStore, type S3ObjectStore } from '../../adapters/storage/object-store';
import { createTextStore } from '../../adapters/storage/texts';
import { LARGEST_IN_ROW } from '../../domain/task/contents';
import { anAdmission, aTeam } from '../db/support';
import { eventually } from '../support/eventually';
import { HELD, KEYS, useApi } from './support/api';

const MIB = 1024 * 1024;
const MODEL = 'vendor/slashed';
const SECRET = 'a plan that nobody lists';

const api = useApi();
let objects: S3ObjectStore;
beforeAll(() => {
  objects = createObjectStore({ ...api.bucket });
});
afterAll(() => {
  objects.close();
});
beforeEach(() => {
  api.lane.script = { chunks: [], content: 'Hello.', error: null, gate: Promise.resolve() };
});

function chatOf(bytes: number) {
  return { model: MODEL, messages: [{ role: 'user', content: `${SECRET} ${'x'.repeat(bytes)}` }] };
}

/** Makes a chat that has ended; answers its task's id. */
async function aChat(bytes: number, headers: Readonly<Record<string, string>> = {}): Promise<string> {
  const answer = await api.call('POST', '/v1/chat/completions', { body: chatOf(bytes), headers });
  expect(answer.status).toBe(200);
  return answer.headers.get('x-atelier-run-id') ?? '';
}

async function rowOf(id: string): Promise<{ readonly input: string; readonly result: string | null }> {
  const [row] = await api.database.query<{ input: string; result: string | null }>(
    'select input::text as input, text_result::text as result from tasks where id = $1',
    [id],
  );
  return row ?? { input: '', result: null };
}

const stored = (taskId: string): Promise<boolean> => objects.exists(`contents/${taskId}/input`);

describe('lists', () => {
  test('of tasks carry neither inputs nor texts, which the single task has', async () => {
    api.lane.script.content = 'An answer that nobody lists.';
    const ids = [await aChat(10), await aChat(LARGEST_IN_ROW)];
    const embedding = await api.call('POST', '/v1/embeddings', { body: { model: 'embed-test', input: SECRET } });
    expect(embedding.status).toBe(200);
    const image = await api.call('POST', '/v1/tasks', {
      body: { type: 'image', model: 'image-test', input: { prompt: SECRET }, output: { seed: 0, size: '512x512' } },
    });

    const list = await api.call('GET', '/v1/tasks?limit=4');

    expect(list.body.data.map((task: { id: string }) => task.id)).toEqual(expect.arrayContaining([...ids, image.body.id]));
    expect(list.text).not.toMatch(/that nobody lists|"input":|"text":|"params":/);
    expect(list.body.data[0].output).toEqual({ seed: 0, size: '512x512' });
    for (const id of ids) {
      const { body } = await api.call('GET', `/v1/tasks/${id}`);
      expect(body.input.messages[0].content).toContain(SECRET);
      expect(body.text).toBe('An answer that nobody lists.');
    }
  });

  test('of videos carry no prompts, which the single video has', async () => {
    const { body } = await api.call('POST', '/v1/videos', { body: { model: 'video-test', prompt: SECRET, seconds: '4' } });

    const [listed] = (await api.call('GET', '/v1/videos?limit=1')).body.data;

    expect(listed).toMatchObject({ id: body.id, prompt: null, seconds: '4' });
    expect((await api.call('GET', `/v1/videos/${body.id}`)).body.prompt).toBe(SECRET);
  });

  test('of items of a campaign carry no inputs', async () => {
    const item = { key: 'one', type: 'text', model: MODEL, input: { prompt: SECRET } };
    const { body } = await api.call('POST', '/v1/campaigns', { body: { name: 'c', start: false, concurrency: 1, items: [item] } });

    expect((await api.call('GET', `/v1/campaigns/${body.id}/items`)).text).not.toContain(SECRET);
    expect((await api.call('GET', '/v1/campaigns')).text).not.toContain(SECRET);
  });
});

describe('contents above 256 KiB', () => {
  test('are objects that their rows name; smaller ones are not', async () => {
    api.lane.script.content = 'y'.repeat(LARGEST_IN_ROW);
    const large = await aChat(2 * MIB);
    const small = await aChat(LARGEST_IN_ROW / 2);

    expect((await rowOf(large)).input).toMatch(
      /^\{"operation":"chat","storedAt":"contents\/task_[0-9a-f]+\/input","bytes":2\d+,"prompt":"[^"]{1,2000}"\}$/,
    );
    expect((await rowOf(large)).result).toMatch(/^\{"storedAt":"contents\/task_[0-9a-f]+\/result","bytes":26\d+,"finishReason":"stop"\}$/);
    expect((await rowOf(small)).input).toContain(SECRET);
    const { body } = await api.call('GET', `/v1/tasks/${large}`);
    expect(body.input.messages).toEqual(chatOf(2 * MIB).messages);
    expect(body.text).toHaveLength(LARGEST_IN_ROW);
  });

  test('are replayed, and a repeat of a request is answered from them', async () => {
    const headers = { 'idempotency-key': 'large-1' };
    api.lane.script.content = 'z'.repeat(LARGEST_IN_ROW);
    const first = await aChat(MIB, headers);
    const repeat = await api.call('POST', '/v1/chat/completions', { body: chatOf(MIB), headers });
    const replay = await api.call('POST', `/v1/tasks/${first}/replay`, { body: {} });

    expect(repeat.headers.get('idempotent-replayed')).toBe('true');
    expect(repeat.body.choices[0].message.content).toHaveLength(LARGEST_IN_ROW);
    expect(replay.body.input.messages).toEqual(chatOf(MIB).messages);
    expect(await stored(replay.body.id)).toBe(true);
  });

  test('of a request that made no task leave nothing behind', async () => {
    const listed = async () => (await objects.list('contents/', { after: '', limit: 1_000 })).length;
    await aChat(MIB, { 'idempotency-key': 'large-2' });
    const before = await listed();
    const other = await api.call('POST', '/v1/chat/completions', { body: chatOf(MIB + 1), headers: { 'idempotency-key': 'large-2' } });

    expect(other.status).toBe(422);
    await eventually(async () => (await listed()) === before, { withinMs: 5_000 });
  });

  test('stay in their rows while S3 is away: nothing is refused or lost', async () => {
    const warnings: string[] = [];
    const logger = { debug: note, info: note, warn: note, error: note, child: () => logger };
    function note(_facts: object, message: string): void {
      warnings.push(message);
    }
    const away = createObjectStore({ ...api.bucket, endpoint: 'http://127.0.0.1:1' });
    const database = createDatabase({
      url: api.databaseUrl,
      poolMax: 2,
      applicationName: 'without S3',
      contents: { texts: createTextStore(away), logger },
    });
    try {
      const caller = await aTeam(database);
      const input = { operation: 'chat' as const, messages: chatOf(MIB).messages, params: {} };
      const admission = anAdmission(caller, { task: { input } });

      expect(await database.tasks.admit([admission])).toEqual([{ kind: 'admitted' }]);

      expect((await database.tasks.get(admission.task.id, null))?.input).toEqual(input);
      expect(warnings).toHaveLength(1);
    } finally {
      await database.close();
      away.close();
    }
  });
});

describe('bodies in flight', () => {
  /** Chats that wait for their provider until they are told to end. */
  async function openChats(count: number, bytes: number, key: string) {
    let end: () => void = () => undefined;
    api.lane.script.gate = new Promise((resolve) => (end = resolve));
    const before = api.lane.runs.length;
    const answers = Array.from({ length: count }, () => api.call('POST', '/v1/chat/completions', { body: chatOf(bytes), key }));
    await eventually(() => api.lane.runs.length - before === count, { withinMs: 20_000 });
    return async () => {
      end();
      expect(new Set((await Promise.all(answers)).map(({ status }) => status))).toEqual(new Set([200]));
    };
  }
  const chat = (bytes: number, key = KEYS.site) => api.call('POST', '/v1/chat/completions', { body: chatOf(bytes), key });
  const tasks = async () => (await api.database.query('select 1 from tasks')).length;

  test('are bounded for a team: one more is a 429 that may be repeated, and no run exists', async () => {
    const end = await openChats(2, HELD.teamBytes / 2 - MIB, KEYS.site);
    const before = await tasks();

    const refused = await chat(3 * MIB);

    expect([refused.status, refused.body.error.code]).toEqual([429, 'rate_limit_exceeded']);
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(refused.headers.get('x-should-retry')).toBe('true');
    expect(refused.headers.get('x-atelier-run-id')).toBeNull();
    expect(await tasks()).toBe(before);
    await end();
    expect((await chat(3 * MIB)).status).toBe(200);
  });

  test('of one team do not refuse another team, nor its own small requests', async () => {
    const end = await openChats(2, HELD.teamBytes / 2 - 10_000, KEYS.site);
    api.lane.script.gate = Promise.resolve();

    expect((await chat(5 * MIB, KEYS.other)).status).toBe(200);
    expect((await chat(100)).status).toBe(200);
    await end();
  });

  test('of all teams together are bounded, and every team keeps a reserve', async () => {
    const endSite = await openChats(2, HELD.teamBytes / 2 - 10_000, KEYS.site);
    const endOther = await openChats(1, 7 * MIB, KEYS.other);
    api.lane.script.gate = Promise.resolve();

    expect((await chat(3 * MIB, KEYS.other)).status).toBe(429);
    expect((await chat(100_000, KEYS.other)).status).toBe(200);
    await endSite();
    await endOther();
  });

  test('that do not fit wait unread, and go on as soon as there is room', async () => {
    const end = await openChats(2, HELD.teamBytes / 2 - MIB, KEYS.site);
    const seen: string[] = [];
    const waiting = chat(4 * MIB).finally(() => seen.push('large'));
    api.lane.script.gate = Promise.resolve();
    await chat(100);
    seen.push('small');

    await end();

    expect((await waiting).status).toBe(200);
    expect(seen).toEqual(['small', 'large']);
  });

  test('are counted as they come when no length is announced', async () => {
    const end = await openChats(2, HELD.teamBytes / 2 - MIB, KEYS.site);
    const bytes = Buffer.from(JSON.stringify(chatOf(4 * MIB)));
    const body = new ReadableStream({
      start(controller) {
        for (let at = 0; at < bytes.length; at += 65_536) controller.enqueue(bytes.subarray(at, at + 65_536));
        controller.close();
      },
    });

    const refused = await fetch(`${api.origin}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${KEYS.site}`, 'content-type': 'application/json' },
      body,
      duplex: 'half',
    });

    expect(refused.status).toBe(429);
    await refused.text();
    await end();
  });
});
