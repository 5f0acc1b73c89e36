import OpenAI from 'openai';
import { callApi } from '../../support/call';
import { eventually } from '../../support/eventually';
import type { House } from './house';

const chat = (model = 'text-patient') => ({ model, messages: [{ role: 'user' as const, content: 'Say hello.' }], max_tokens: 5 });

/** What the rate of a key does over two processes, with a stock SDK, and to what waits, seen from outside. */
export function describeKeyRates(house: House): void {
  describe('a key with a rate', () => {
    afterEach(() => {
      Object.assign(house.first.behaviour, { thinkMs: 0, videoMs: 0 });
    });

    async function aKey(name: string, rate: object): Promise<string> {
      const body = { team: 'sample', name, class: 'production', rate };
      return (await house.call('POST', '/admin/v1/keys', { key: house.atelier.adminKey, body })).body.key;
    }

    /** Chats at every api process in turn, all at once. */
    const ask = (key: string, count: number) =>
      Promise.all(
        Array.from({ length: count }, (_, index) => {
          const origin = house.atelier.apiOrigins[index % house.atelier.apiOrigins.length]!;
          return callApi(`${origin}/v1/chat/completions`, 'POST', { key, body: chat() });
        }),
      );
    const statuses = (answers: readonly { readonly status: number }[], status: number) =>
      answers.filter((answer) => answer.status === status);

    test('makes exactly as many requests as its minute has, by two processes together', async () => {
      const key = await aKey('by-the-minute', { requests_per_minute: 2 });
      const answers = await ask(key, 40);
      expect([statuses(answers, 200).length, statuses(answers, 429).length]).toEqual([2, 38]);
      for (const { headers } of statuses(answers, 429) as typeof answers) expect(headers.get('x-should-retry')).toBe('true');
    });

    test('never has more at once than it may, by two processes together', async () => {
      house.first.behaviour.thinkMs = 1_500;
      const key = await aKey('at-once', { concurrent: 3 });
      const answers = await ask(key, 20);
      expect(statuses(answers, 200).length).toBeGreaterThanOrEqual(3);
      expect(house.first.counts.mostAtOnce.get('fake-text')).toBe(3);
    });

    test('comes back when a stock SDK was told to, and is served', async () => {
      const key = await aKey('sdk', { requests_per_minute: 6 });
      await ask(key, 6);
      await eventually(async () => (await ask(key, 1))[0]?.status === 429, { withinMs: 20_000 });
      const waits: number[] = [];
      const client = new OpenAI({
        baseURL: `${house.atelier.origin}/v1`,
        apiKey: key,
        fetch: async (url, init) => {
          const answer = await fetch(url, init);
          waits.push(Number(answer.headers.get('retry-after-ms') ?? 0));
          return answer;
        },
      });
      const beganMs = performance.now();
      const answered = await client.chat.completions.create(chat());
      expect(answered.choices[0]?.message.content).not.toBe('');
      // Ten seconds make one request; the SDK waited as long as it was told, no less.
      expect(waits.length).toBeGreaterThanOrEqual(2);
      expect(performance.now() - beganMs).toBeGreaterThanOrEqual(waits[0]!);
      expect(waits[0]).toBeLessThanOrEqual(10_000);
    });

    test('has its tasks wait for their turn: texts, images and videos all succeed, no faster than it may', async () => {
      const key = await aKey('patient', { requests_per_minute: 60, concurrent: 2 });
      house.first.behaviour.thinkMs = 100;
      const bodies = [
        ...Array.from({ length: 3 }, () => ({ type: 'text', model: 'text-patient', input: { prompt: 'x' } })),
        ...Array.from({ length: 3 }, () => ({ type: 'image', model: 'image', input: { prompt: 'A fox.' } })),
        { type: 'video', model: 'video', input: { prompt: 'A fox runs.' }, output: { duration_s: 4 } },
      ];
      const made = await Promise.all(bodies.map((body) => house.call('POST', '/v1/tasks', { key, body })));
      expect(made.map(({ status }) => status)).toEqual(bodies.map(() => 202));
      expect(made.filter(({ body }) => body.phase === 'waiting_rate').length).toBeGreaterThanOrEqual(4);
      const tasks = await Promise.all(made.map(({ body }) => house.ended(body.id, 90_000)));
      expect(tasks.map(({ status }) => status)).toEqual(bodies.map(() => 'succeeded'));
      expect(atOnce(tasks)).toBeLessThanOrEqual(2);
    });

    test('has a task that waits end at once when it is cancelled, or when its time is over', async () => {
      const key = await aKey('impatient', { requests_per_minute: 1 });
      await ask(key, 1);
      const made = await Promise.all(
        ['text-patient', 'image'].flatMap((model) => {
          const body = { type: model === 'image' ? 'image' : 'text', model, input: { prompt: 'x' } };
          return [
            house.call('POST', '/v1/tasks', { key, body }),
            house.call('POST', '/v1/tasks', { key, body: { ...body, deadline: { finish_within_s: 2 } } }),
          ];
        }),
      );
      for (const { body } of [made[0]!, made[2]!]) await house.call('POST', `/v1/tasks/${body.id}/cancel`, { key });
      const tasks = await Promise.all(made.map(({ body }) => house.ended(body.id, 30_000)));
      expect(tasks.map(({ status }) => status)).toEqual(['cancelled', 'expired', 'cancelled', 'expired']);
      for (const task of tasks) expect(task).toMatchObject({ routing: { attempts: [] }, cost: { actual: '0', reserved: '0' } });
    });

    test('has its campaigns take their time', async () => {
      const key = await aKey('campaign', { requests_per_minute: 120, concurrent: 2 });
      const items = Array.from({ length: 8 }, (_, index) => ({ input: { prompt: `A fox, number ${String(index)}.` } }));
      const body = { defaults: { type: 'image', model: 'image' }, items, concurrency: 8 };
      const { body: campaign } = await house.call('POST', '/v1/campaigns', { key, body });
      const ended = await eventually(
        async () => {
          const { body: now } = await house.call('GET', `/v1/campaigns/${campaign.id}`, { key });
          return now.status === 'completed' && now;
        },
        { withinMs: 60_000, everyMs: 250 },
      );
      expect(ended.counts).toMatchObject({ succeeded: 8, failed: 0 });
      expect(atOnce(await house.tasks(`&campaign_id=${campaign.id}`))).toBeLessThanOrEqual(2);
    });
  });
}

/** The most tasks that ran at one time, by their own account. */
function atOnce(tasks: readonly { readonly started_at: string; readonly finished_at: string }[]): number {
  const within = (moment: string) => tasks.filter((task) => task.started_at <= moment && moment < task.finished_at).length;
  return Math.max(...tasks.map(({ started_at }) => within(started_at)));
}
