import { callApi } from '../../support/call';
import { eventually } from '../../support/eventually';
import type { House } from './house';

const image = (model: string) => ({ type: 'image', model, input: { prompt: 'A red fox.' } });
const chat = (model: string) => ({ model, messages: [{ role: 'user', content: 'Say hello.' }] });

/** What the limits of a provider do for all kinds of calls, seen from outside. */
export function describeProviderLimits(house: House): void {
  describe('a provider with limits', () => {
    afterEach(() => {
      Object.assign(house.first.behaviour, { thinkMs: 0, videoMs: 0 });
    });

    /** Chats at every api process in turn, all at once. */
    const ask = (model: string, count: number) =>
      Promise.all(
        Array.from({ length: count }, (_, index) => {
          const origin = house.atelier.apiOrigins[index % house.atelier.apiOrigins.length]!;
          return callApi(`${origin}/v1/chat/completions`, 'POST', { key: house.atelier.keys.production, body: chat(model) });
        }),
      );
    const most = (model: string) => house.first.counts.mostAtOnce.get(model);
    const skippedOf = async ({ headers }: { headers: Headers }) => (await house.task(headers.get('x-atelier-run-id')!)).routing.skipped;

    test('gets no more chats at once than that, by all processes together; those beyond it wait', async () => {
      house.first.behaviour.thinkMs = 40;

      const answers = await ask('narrow', 24);

      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
      expect(most('fake-narrow')).toBe(2);
    });

    test('leaves chats beyond it to the next route, which say why', async () => {
      house.first.behaviour.thinkMs = 1_000;

      const answers = await ask('slim-or-second', 8);

      const served = answers.map(({ headers }) => headers.get('x-atelier-provider'));
      expect(served.filter((name) => name === 'slim')).toHaveLength(2);
      expect(served.filter((name) => name === 'second')).toHaveLength(6);
      expect(most('fake-slim')).toBe(2);
      const beyond = answers.find((_, index) => served[index] === 'second')!;
      expect(await skippedOf(beyond)).toEqual([{ provider: 'slim', reason: 'rate_limit' }]);
    });

    test('gets no more chats in a minute than that; a client that waited in vain hears why, and nothing was stored', async () => {
      const answers = await ask('metered', 9);

      expect(answers.filter(({ status }) => status === 200)).toHaveLength(5);
      const refusals = answers.filter(({ status }) => status !== 200);
      for (const { status, body, headers } of refusals) {
        expect([status, body.error.code, headers.get('x-atelier-run-id')]).toEqual([429, 'rate_limit_exceeded', null]);
        expect([headers.get('retry-after'), body.error.message]).toEqual(['1', expect.stringContaining('"metered"')]);
      }
      expect(house.first.counts.callsByModel.get('fake-metered')).toBe(5);
    });

    test('gets texts that nobody waits for, images and jobs in turn, and none of them fails for it', async () => {
      house.first.behaviour.thinkMs = 40;
      house.first.behaviour.videoMs = 300;
      const bodies = [
        ...Array.from({ length: 8 }, () => ({ type: 'text', model: 'narrow', input: { prompt: 'x' } })),
        ...Array.from({ length: 6 }, () => image('narrow-image')),
        ...Array.from({ length: 4 }, () => ({ ...image('narrow-video'), type: 'video' })),
      ];

      const made = await Promise.all(bodies.map((body) => house.call('POST', '/v1/tasks', { body })));
      const tasks = await Promise.all(made.map(({ body }) => house.ended(body.id, 60_000)));

      expect(new Set(tasks.map(({ status }) => status))).toEqual(new Set(['succeeded']));
      expect(Math.max(most('fake-narrow')!, most('fake-narrow-video')!)).toBeLessThanOrEqual(2);
      // A job has its place until it has ended: of four jobs of 300 ms in two places the last begins no sooner than the first has ended.
      const jobs = tasks.slice(-4).map(({ routing }) => Date.parse(routing.attempts[0].started_at));
      expect(Math.max(...jobs) - Math.min(...jobs)).toBeGreaterThan(250);
    }, 90_000);

    test('has the items of a campaign wait, and none of them fails for it', async () => {
      house.first.behaviour.thinkMs = 100;
      const items = [
        ...Array.from({ length: 6 }, () => ({ type: 'text', model: 'narrow', input: { prompt: 'x' } })),
        ...Array.from({ length: 6 }, () => image('narrow-image')),
      ];

      const { body } = await house.call('POST', '/v1/campaigns', { body: { items, concurrency: 12 } });
      const campaign = await eventually(
        async () => {
          const answer = await house.call('GET', `/v1/campaigns/${body.id}`);
          return answer.body.status === 'completed' && answer.body;
        },
        { withinMs: 60_000 },
      );

      expect(campaign.counts).toMatchObject({ succeeded: 12, failed: 0 });
      expect(most('fake-narrow')).toBeLessThanOrEqual(2);
    }, 90_000);
  });
}
