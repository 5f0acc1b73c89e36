import { callApi } from '../../support/call';
import { eventually } from '../../support/eventually';
import type { FakeProvider } from '../../support/fake-provider';
import type { TestInstallation } from '../../support/installation';
import type { Calls } from './calls';

/** What a crash does to a key that may have so many generations at once. */
export function describeRateCrash(
  at: () => { readonly calls: Calls; readonly installation: TestInstallation; readonly fake: FakeProvider },
): void {
  test('the api is killed while a key has all it may have at once: their places are free again, and no more than these', async () => {
    const { calls, installation, fake } = at();
    const made = { team: 'sample', name: 'three-at-once', class: 'production', rate: { concurrent: 3 } };
    const { body } = await calls.call('POST', '/admin/v1/keys', { key: installation.adminKey, body: made });
    const chat = { model: 'text', messages: [{ role: 'user', content: 'Say hello.' }] };
    const ask = (): Promise<number> =>
      callApi(`${installation.origin}/v1/chat/completions`, 'POST', { key: body.key, body: chat }).then(
        ({ status }) => status,
        () => 0,
      );
    fake.behaviour.thinkMs = 30_000;
    const before = Array.from({ length: 3 }, ask);
    await eventually(() => fake.counts.callsByModel.get('fake-text') === 3, { withinMs: 20_000 });
    expect(await ask()).toBe(429);

    await installation.isBack('api', installation.kill('api'));
    await Promise.all(before);
    fake.behaviour.thinkMs = 3_000;
    await eventually(async () => (await ask()) === 200, { withinMs: 60_000, everyMs: 250 });
    // All three places are there; a fourth is not.
    const after = await eventually(
      async () => {
        const statuses = await Promise.all(Array.from({ length: 6 }, ask));
        return statuses.filter((status) => status === 200).length >= 3 ? statuses : undefined;
      },
      { withinMs: 60_000, everyMs: 250 },
    );
    expect(after.filter((status) => status === 200)).toHaveLength(3);
  }, 150_000);
}
