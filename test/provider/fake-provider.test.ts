import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { chatCall, failureOf, openaiAt } from './calls';

test('the fake provider runs as a process of its own and is told over HTTP what to do', async () => {
  const child = spawn(process.execPath, [join(__dirname, '../support/fake-provider/process.cjs')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const origin = `http://127.0.0.1:${String(JSON.parse(line.toString()).port)}`;
    const post = (path: string, body: unknown): Promise<Response> => fetch(origin + path, { method: 'POST', body: JSON.stringify(body) });
    await post('/fake/script', { model: 'm', steps: [{ status: 500 }, { ok: true }] });
    await post('/fake/behaviour', { tokens: 1 });
    const { text } = openaiAt(`${origin}/v1`);

    const failure = await failureOf(text.chat(chatCall('Hello')));
    const answer = await text.chat(chatCall('Hello'));
    const counts = await (await fetch(`${origin}/fake/counts`)).json();

    expect(failure.code).toBe('provider_unavailable');
    expect(answer.choices[0]).toMatchObject({ message: { content: 'word1' } });
    expect(counts).toMatchObject({ creates: 1, createsByPrompt: { Hello: 1 }, calls: { 'POST /v1/chat/completions': 2 } });
  } finally {
    child.kill();
  }
});
