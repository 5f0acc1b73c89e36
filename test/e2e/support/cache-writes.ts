import Anthropic from '@anthropic-ai/sdk';
import type { TestAtelier } from '../../support/stack';
import { createCalls } from './calls';

/** What is written to Claude's cache, from the request to the ledger. The model `claude-priced` leads to the lab. */
export function chargesCacheWrites(atelier: () => TestAtelier): void {
  test.each([
    ['5m', 'cache_write_input_tokens', '0.00000375', '0.000075'],
    ['1h', 'cache_write_1h_input_tokens', '0.000006', '0.00012'],
  ] as const)(
    'what Claude keeps in its cache for %s is charged by its own price, to the micro-dollar of the ledger',
    async (ttl, item, unit, usd) => {
      const { origin, keys, adminKey } = atelier();
      const claude = new Anthropic({ baseURL: origin, apiKey: keys.production, authToken: null });
      const { call, task, ledger } = createCalls(origin, keys.production, adminKey);
      const content = [{ type: 'text' as const, text: 'Say hello.', cache_control: { type: 'ephemeral' as const, ttl } }];
      const ask = { model: 'claude-priced', max_tokens: 100, messages: [{ role: 'user' as const, content }] };

      const whole = await claude.messages.create(ask).withResponse();
      const streamed = claude.messages.stream(ask);
      const { usage } = await streamed.finalMessage();
      const chat = await call('POST', '/v1/chat/completions', { body: ask });

      const written = { cache_read_input_tokens: 100, cache_creation_input_tokens: 20 };
      expect([whole.data.usage, usage]).toMatchObject([written, written]);
      expect(chat.body.usage.prompt_tokens_details).toMatchObject({ cached_tokens: 100, cache_write_tokens: 20 });
      for (const headers of [whole.response.headers, (await streamed.withResponse()).response.headers, chat.headers]) {
        const { cost, usage: counted } = await task(headers.get('x-atelier-run-id')!);
        const fresh = counted.input_tokens - 120;
        expect(counted).toMatchObject({ cached_input_tokens: 100, cache_write_input_tokens: 20, estimated: false });
        expect(cost.lines).toEqual([
          { item: 'input_tokens', quantity: fresh, unit_usd: '0.000003', usd: expect.any(String) },
          { item: 'cached_input_tokens', quantity: 100, unit_usd: '0.0000003', usd: '0.00003' },
          { item, quantity: 20, unit_usd: unit, usd },
          { item: 'output_tokens', quantity: counted.output_tokens, unit_usd: '0.000015', usd: expect.any(String) },
        ]);
        const micro = fresh * 3 + 30 + Number(usd) * 1_000_000 + counted.output_tokens * 15;
        expect(cost).toMatchObject({ actual: String(Math.ceil(Math.round(micro * 1_000) / 1_000) / 1_000_000), reserved: '0' });
      }
      expect(await ledger()).toMatchObject({ ok: true });
    },
  );
}
