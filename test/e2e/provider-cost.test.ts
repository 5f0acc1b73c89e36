import { eventually } from '../support/eventually';
import { useHouse } from './support/house';

const RESOLD = `  - name: resold
    modality: text
    price: { input_per_1m_usd: "1", output_per_1m_usd: "10" }
    routes: [{ provider: first, model: fake-text, cost: { input_per_1m_usd: "0.4", output_per_1m_usd: "4" } }]
  - name: resold-image
    modality: image
    price: { per_image_usd: "0.05" }
    routes: [{ provider: first, model: fake-image, cost: { per_image_usd: "0.03" } }]
`;

const house = useHouse({ models: RESOLD });

const chat = { model: 'resold', messages: [{ role: 'user', content: 'Say hello.' }], max_tokens: 100 };

test('what the provider took stands beside the price, by the cost of the route that served', async () => {
  const whole = await house.call('POST', '/v1/chat/completions', { body: chat });
  const stream = await house.call('POST', '/v1/chat/completions', { body: { ...chat, stream: true } });
  const image = await house.call('POST', '/v1/images/generations', { body: { model: 'resold-image', prompt: 'A red fox.', n: 2 } });
  expect([whole.status, stream.status, image.status]).toEqual([200, 200, 200]);

  const rows = await eventually(
    async () => {
      const { body } = await house.call('GET', '/v1/usage?group_by=model');
      const found = body.data.filter(({ model }: { model: string }) => model.startsWith('resold'));
      return found.reduce((sum: number, { requests }: { requests: number }) => sum + requests, 0) === 3 && found;
    },
    { withinMs: 10_000 },
  );
  const [first, second] = [
    rows.find(({ model }: { model: string }) => model === 'resold'),
    rows.find(({ model }: { model: string }) => model !== 'resold'),
  ];
  expect(second).toMatchObject({ images: 2, cost_usd: '0.1', provider_cost_usd: '0.06' });
  const micro = ({ input_tokens: input, output_tokens: output }: { input_tokens: number; output_tokens: number }, share: number) =>
    input * share + output * 10 * share;
  // Each request is rounded up to a micro-dollar once.
  for (const [usd, share] of [
    [first.cost_usd, 1],
    [first.provider_cost_usd, 0.4],
  ] as const) {
    expect(Number(usd) * 1e6 - micro(first, share)).toBeGreaterThanOrEqual(-1e-6);
    expect(Number(usd) * 1e6 - micro(first, share)).toBeLessThan(2);
  }
  expect(Number(first.provider_cost_usd)).toBeLessThan(Number(first.cost_usd));
  const { attempts } = (await house.task(whole.headers.get('x-atelier-run-id')!)).routing;
  expect(Number(attempts[0].cost)).toBeLessThan(Number((await house.task(whole.headers.get('x-atelier-run-id')!)).cost.actual));
});
