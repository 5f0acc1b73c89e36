import { eventually } from '../../support/eventually';
import type { House } from './house';

/** Items of campaigns choose their routes as single requests do. */
export function describeItemRouting(house: House): void {
  describe('items of a campaign', () => {
    const ended = (id: string) =>
      eventually(
        async () => {
          const answer = await house.call('GET', `/v1/campaigns/${id}`);
          return answer.body.status === 'completed' && answer.body;
        },
        { withinMs: 60_000 },
      );
    /** The tasks of the items, in order. */
    const run = async (body: object) => {
      const { body: made, text } = await house.call('POST', '/v1/campaigns', { body });
      if (made.id === undefined) throw new Error(text);
      await ended(made.id);
      const { body: items } = await house.call('GET', `/v1/campaigns/${made.id}/items`);
      return Promise.all(items.data.map(({ task_id }: { task_id: string }) => house.task(task_id)));
    };

    test('take hints, strategies, models and fallbacks as single requests do', async () => {
      house.first.script('fake-strict', [{ status: 400, code: 'moderation_blocked' }]);

      const tasks: any[] = await run({
        defaults: { type: 'image', routing: { exclude: ['reserved'] } },
        items: [
          { model: 'image', input: { prompt: 'a' }, routing: { providers: ['second'] } },
          { model: 'image', input: { prompt: 'b' } },
          { model: 'cheapest', input: { prompt: 'c' } },
          { model: 'strict', input: { prompt: 'd' } },
          { models: ['lenient', 'image'], input: { prompt: 'e' } },
          { type: 'text', model: 'text', input: { prompt: 'f' }, routing: { providers: ['second', 'first'] } },
        ],
      });

      expect(tasks.map(({ status, model, routing }) => [status, model, routing.selected.provider])).toEqual([
        ['succeeded', 'image', 'second'],
        ['succeeded', 'image', 'first'],
        ['succeeded', 'cheapest', 'second'],
        ['succeeded', 'lenient', 'second'],
        ['succeeded', 'lenient', 'second'],
        ['succeeded', 'text', 'second'],
      ]);
      expect(tasks.at(3)).toMatchObject({ cost: { actual: '0.03' }, routing: { requested: 'strict' } });
      expect(await house.ledger()).toMatchObject({ ok: true, open_reservations: 0 });
    }, 90_000);

    test('whose hints name nobody are faults that say where', async () => {
      const { status, body } = await house.call('POST', '/v1/campaigns', {
        body: {
          defaults: { type: 'image', model: 'image', input: { prompt: 'a' } },
          items: [{ routing: { providers: ['nobody'] } }, { models: ['image', 'nobody'] }, { routing: { providers: ['sandbox'] } }],
        },
      });

      expect([status, body.error.code]).toEqual([400, 'invalid_campaign_items']);
      expect(body.error.details.map(({ index, param }: any) => [index, param])).toEqual([
        [1, 'routing.providers[0]'],
        [2, 'models[1]'],
        [3, 'routing'],
      ]);
    });
  });
}
