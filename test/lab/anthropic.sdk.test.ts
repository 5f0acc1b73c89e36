import Anthropic from '@anthropic-ai/sdk';
import { createAnthropicLab } from './anthropic';
import { startLab, type Lab } from './lab';

let lab: Lab;
let client: Anthropic;
beforeAll(async () => {
  lab = await startLab([createAnthropicLab()]);
  client = new Anthropic({ apiKey: 'lab-key', baseURL: lab.url('anthropic'), maxRetries: 0 });
});
afterEach(() => lab.reset());
afterAll(() => lab.close());

const hello = { model: 'claude-opus-5', max_tokens: 500, messages: [{ role: 'user' as const, content: 'Hello.' }] };
const weather = { name: 'weather', input_schema: { type: 'object' as const, properties: { city: { type: 'string' } } } };

test('@anthropic-ai/sdk creates a message, whole and streamed alike', async () => {
  const whole = await client.messages.create(hello);
  const streamed = await client.messages.stream(hello).finalMessage();

  expect(whole).toMatchObject({ content: [{ type: 'text', text: 'You said: Hello.' }], stop_reason: 'end_turn' });
  expect(streamed).toMatchObject({ content: [{ type: 'text', text: 'You said: Hello.' }], stop_reason: 'end_turn' });
  expect(streamed.usage).toMatchObject({ input_tokens: whole.usage.input_tokens, output_tokens: whole.usage.output_tokens });
});

test('@anthropic-ai/sdk runs a tool in a stream, gives its thinking back and is answered', async () => {
  const question = { role: 'user' as const, content: 'call weather {"city":"Rome"} call weather {"city":"Oslo"}' };
  const thinks = { ...hello, thinking: { type: 'adaptive' as const }, tools: [weather] };
  const asked = await client.messages.stream({ ...thinks, messages: [question] }).finalMessage();
  const calls = asked.content.filter((block) => block.type === 'tool_use');

  expect(calls.map(({ input }) => input)).toEqual([{ city: 'Rome' }, { city: 'Oslo' }]);
  expect(asked.content[0]).toMatchObject({ type: 'thinking', signature: expect.stringMatching(/^sig_/) });
  const results = calls.map(({ id }) => ({ type: 'tool_result' as const, tool_use_id: id, content: 'rain' }));
  const answered = await client.messages.create({
    ...thinks,
    messages: [question, { role: 'assistant', content: asked.content.map(parameterOf) }, { role: 'user', content: results }],
  });
  expect(answered.content.at(-1)).toMatchObject({ text: 'The tools said: rain; rain' });
});

test('@anthropic-ai/sdk counts tokens and lists models', async () => {
  const { max_tokens: _most, ...counted } = hello;

  expect((await client.messages.countTokens(counted)).input_tokens).toBeGreaterThan(0);
  const listed = [];
  for await (const model of client.models.list()) listed.push(model.id);
  expect(listed).toContain((await client.models.retrieve('claude-opus-5')).id);
});

test('@anthropic-ai/sdk reads errors of the lab, before an answer and in the middle of one', async () => {
  const fails = (content: string) => client.messages.create({ ...hello, messages: [{ role: 'user', content }] });

  await expect(fails('[lab:auth]')).rejects.toBeInstanceOf(Anthropic.AuthenticationError);
  await expect(fails('[lab:overloaded_529]')).rejects.toMatchObject({ status: 529, type: 'overloaded_error' });
  await expect(fails('[lab:spend_limit]')).rejects.toMatchObject({ status: 429, errorCode: 'contract_spend_limit_reached' });
  await expect(client.messages.create({ ...hello, max_tokens: 0 })).rejects.toBeInstanceOf(Anthropic.BadRequestError);
  const cut = client.messages.stream({ ...hello, messages: [{ role: 'user', content: '[lab:error_in_200]' }] });
  await expect(cut.finalMessage()).rejects.toThrow('Overloaded');
});

test.each([
  ['2026-10-21', { temperature: 1 }, 'temperature'],
  ['2023-06-01', { temperature: 1.5 }, 'temperature'],
  ['2023-06-01', { seed: 1 }, 'seed'],
  ['2023-06-01', { messages: [{ role: 'assistant', content: 'Hi.' }] }, 'first message'],
  ['2023-06-01', { messages: [{ role: 'user', content: [{ type: 'text', text: ' ' }] }] }, 'non-whitespace'],
  ['2023-06-01', { tool_choice: { type: 'auto' } }, 'providing tools'],
  ['2023-06-01', { thinking: { type: 'enabled', budget_tokens: 2000 } }, 'greater than'],
  ['2024-01-01', {}, 'not a valid version'],
])('the lab refuses what Anthropic refuses at version %s: %j', async (version, changes, words) => {
  const answer = await fetch(`${lab.url('anthropic')}/v1/messages`, {
    method: 'POST',
    headers: { 'x-api-key': 'lab-key', 'anthropic-version': version, 'content-type': 'application/json' },
    body: JSON.stringify({ ...hello, ...changes }),
  });

  expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining(words)]);
});

/** A block of an answer as part of the next request. */
function parameterOf(block: Anthropic.ContentBlock): Anthropic.ContentBlockParam {
  if (block.type === 'text') return { type: 'text', text: block.text };
  if (block.type === 'tool_use') return { type: 'tool_use', id: block.id, name: block.name, input: block.input };
  return block;
}
