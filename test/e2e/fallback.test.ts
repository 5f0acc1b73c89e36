import type { Step } from '../support/fake-provider';
import { useHouse } from './support/house';
import { describeText } from './support/text-scenarios';

const house = useHouse();

describeText(house);

async function generate(model: string): Promise<{ error: any; task: any }> {
  const made = house.client().images.generate({ model, prompt: 'A red fox.', response_format: 'b64_json' }).withResponse();
  const { id, error } = await made.then(
    ({ response }) => ({ id: response.headers.get('x-atelier-run-id'), error: undefined }),
    (failure: unknown) => ({ id: (failure as { headers: Headers }).headers.get('x-atelier-run-id'), error: failure }),
  );
  return { error, task: await house.ended(id!) };
}

test.each<[string, Step, string, string]>([
  ['answers 500', { status: 500 }, 'picture', 'provider_unavailable'],
  ['answers 429 and asks for a minute', { status: 429, retryAfter: 60 }, 'picture', 'rate_limited'],
  ['hangs, where the operator lets it be bought again', { hang: true }, 'picture-rebought', 'outcome_unknown'],
  ['cuts the connection, where the operator lets it be bought again', { cut: true }, 'picture-rebought', 'outcome_unknown'],
])('a first provider that %s is replaced by the second, for a picture', async (_what, step, model, code) => {
  house.first.script('fake-image', [step]);

  const { error, task } = await generate(model);

  expect(error).toBeUndefined();
  expect(task).toMatchObject({ status: 'succeeded', cost: { actual: '0.01', reserved: '0' } });
  expect(task.routing.attempts).toMatchObject([
    { n: 1, error_code: code },
    { n: 2, provider: 'second', model: 'fake-image-2', outcome: 'succeeded' },
  ]);
  expect([house.first.counts.callsByModel.get('fake-image'), house.second.counts.creates]).toEqual([1, 1]);
});

test.each<[string, Step]>([
  ['hangs', { hang: true }],
  ['cuts the connection', { cut: true }],
])('a picture whose provider %s is never bought a second time by itself', async (_what, step) => {
  house.first.script('fake-image', [step]);

  const { error, task } = await generate('picture');

  expect(error).toMatchObject({ status: 504, code: 'outcome_unknown' });
  expect(task).toMatchObject({ status: 'failed', error: { code: 'outcome_unknown' }, cost: { actual: '0', reserved: '0' } });
  expect([house.first.counts.creates, house.second.counts.creates]).toEqual([1, 0]);
});

test('a picture that the provider refuses by its content policy is not tried elsewhere and costs nothing', async () => {
  house.first.script('fake-image', [{ status: 400, code: 'moderation_blocked' }]);

  const { error, task } = await generate('picture');

  expect(error).toMatchObject({ status: 400, code: 'content_policy_violation' });
  expect(task).toMatchObject({ status: 'failed', cost: { actual: '0', reserved: '0' } });
  expect([house.first.requests.length, house.second.requests.length]).toEqual([1, 0]);
  expect(await house.ledger()).toMatchObject({ ok: true, open_reservations: 0 });
});

test('a video whose first provider refuses is made by the second', async () => {
  house.first.script('fake-video', [{ status: 503 }]);

  const { id } = await house.client().videos.create({ model: 'film', prompt: 'A wave.', seconds: '4' });

  const task = await house.ended(id);
  expect(task).toMatchObject({ status: 'succeeded', cost: { actual: '0.4' } });
  expect(task.routing.attempts).toMatchObject([
    { provider: 'first', outcome: 'failed' },
    { provider: 'second', outcome: 'succeeded' },
  ]);
});
