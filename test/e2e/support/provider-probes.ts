import { cli } from '../../cli/support/run-cli';
import { eventually } from '../../support/eventually';
import { startFakeProvider, type FakeProvider } from '../../support/fake-provider';
import type { House, HouseOptions } from './house';

export interface ProbedProvider {
  fake(): FakeProvider;
  /** An installation with a provider that is probed every second, and whose breaker stays open for 5 minutes. */
  beside(options: HouseOptions): HouseOptions;
}

/** Call it before `useHouse`: the installation's configuration names its address. */
export function useProbedProvider(): ProbedProvider {
  let fake: FakeProvider | undefined;
  const started = (): FakeProvider => {
    if (fake === undefined) throw new Error('The provider starts in beforeAll: use it inside a test or hook.');
    return fake;
  };
  beforeAll(async () => {
    fake = await startFakeProvider();
  });
  afterAll(() => fake?.close());
  return {
    fake: started,
    beside: (options) => ({
      ...options,
      providers: (first, second) => `${options.providers?.(first, second) ?? ''}  - name: probed
    kind: openai
    base_url: "${started().baseUrl}"
    breaker: { failures: 2, window_s: 30, open_s: 300 }
    probe: { every_s: 1, model: probed }
`,
      models: `${options.models ?? ''}  - { name: probed, modality: text, price: free, routes: [{ provider: probed, model: fake-probed, cost: { input_per_1m_usd: "1000", output_per_1m_usd: "1000" } }] }
`,
    }),
  };
}

export function describeProviderProbes(house: House, { fake }: ProbedProvider): void {
  describe('a provider with a probe', () => {
    const provider = async (name: string): Promise<any> =>
      (await house.call('GET', `/admin/v1/providers/${name}`, { key: house.atelier.adminKey })).body;
    const calls = () => fake().counts.callsByModel.get('fake-probed') ?? 0;
    const ends = (isOk: boolean) =>
      eventually(
        async () => {
          const { last_probe: last } = await provider('probed');
          return last?.ok === isOk && last;
        },
        { withinMs: 20_000, everyMs: 100 },
      );

    test('is called on its schedule by one of all workers, and shows what that found and cost', async () => {
      const before = await ends(true);
      const [callsBefore, beganAt] = [calls(), performance.now()];
      await eventually(() => calls() >= callsBefore + 4, { withinMs: 30_000, everyMs: 50 });
      const seconds = (performance.now() - beganAt) / 1_000;

      expect(house.atelier.pids('worker')).toHaveLength(2);
      expect(calls() - callsBefore).toBeLessThanOrEqual(seconds + 1);
      expect(fake().requests.at(-1)?.body).toMatchObject({ model: 'fake-probed', max_tokens: 1 });
      expect(before).toEqual({
        at: expect.stringMatching(/^\d{4}-/),
        ok: true,
        message: 'The model fake-probed answered.',
        duration_ms: expect.any(Number),
        cost_usd: expect.stringMatching(/^0\.\d+$/),
        total_cost_usd: expect.stringMatching(/^\d+(\.\d+)?$/),
      });
      await eventually(async () => (await provider('probed')).health.success_rate === 1, { withinMs: 15_000 });
      const later = (await provider('probed')).last_probe;
      expect(Date.parse(later.at)).toBeGreaterThan(Date.parse(before.at));
      expect(Number(later.total_cost_usd)).toBeGreaterThan(Number(before.total_cost_usd));
      expect(house.atelier.log('worker')).toContain('the installation pays for it');
      expect((await provider('fragile')).last_probe).toBeNull();
      const listed = await cli(['providers', 'list'], { env: house.atelier.env });
      expect(listed.stdout).toMatch(/probed .*ok \d{4}-\S+, \d+ ms/);
    }, 60_000);

    test('that fails its probes is left alone by requests, and served again once a probe is answered, long before its breaker would try', async () => {
      const chat = () =>
        house.call('POST', '/v1/chat/completions', { body: { model: 'probed', messages: [{ role: 'user', content: 'Say hello.' }] } });
      const state = async () => (await provider('probed')).breakers[0]?.state;
      fake().script('fake-probed', [{ status: 503 }]);

      expect((await ends(false)).message).toMatch(/^The provider is down or overloaded/);
      await eventually(async () => (await state()) === 'open', { withinMs: 20_000, everyMs: 100 });
      fake().script('fake-probed', [{}]);
      await ends(true);
      await eventually(async () => (await state()) === 'closed', { withinMs: 5_000, everyMs: 100 });

      expect((await chat()).status).toBe(200);
    }, 60_000);

    test('that is switched off is not probed', async () => {
      const turn = (verb: string) => house.call('POST', `/admin/v1/providers/probed/${verb}`, { key: house.atelier.adminKey });
      await turn('disable');
      // What was under way when the workers heard of it may still end.
      const last = await eventually(
        async () => {
          const { last_probe: probe } = await provider('probed');
          return Date.parse(probe.at) < Date.now() - 3_000 && probe;
        },
        { withinMs: 20_000, everyMs: 200 },
      );

      await turn('enable');
      await eventually(async () => (await provider('probed')).last_probe.at !== last.at, { withinMs: 20_000, everyMs: 200 });
    }, 60_000);
  });
}
