import { createHash } from 'node:crypto';
import { eventually } from '../../support/eventually';
import type { House } from './house';

const image = { model: 'image', prompt: 'a boat' };

/** What images come to, whoever makes their first attempt: the process that was asked, or a workflow. */
export function describeMedia(house: House): void {
  test('an image is bought once, answered with its bytes, and charged', async () => {
    const { status, body, headers } = await house.call('POST', '/v1/images/generations', { body: image });

    expect([status, headers.get('x-atelier-provider')]).toEqual([200, 'first']);
    expect(Buffer.from(body.data[0].b64_json, 'base64').subarray(1, 4).toString()).toBe('PNG');
    const task = await house.task(headers.get('x-atelier-run-id')!);
    expect(task).toMatchObject({ status: 'succeeded', progress: 1, cost: { actual: '0.01', reserved: '0' } });
    expect(task.routing.attempts).toMatchObject([{ n: 1, provider: 'first', outcome: 'succeeded' }]);
    expect(task.outputs).toHaveLength(1);
    expect(task.outputs[0].sha256).toBe(createHash('sha256').update(Buffer.from(body.data[0].b64_json, 'base64')).digest('hex'));
    expect(house.first.counts.createsByPrompt.get('a boat')).toBe(1);
  });

  test('a first attempt that fails is followed by the next provider', async () => {
    house.first.script('fake-image', [{ status: 503 }]);

    const { status, headers } = await house.call('POST', '/v1/images/generations', { body: image });

    expect([status, headers.get('x-atelier-provider')]).toEqual([200, 'second']);
    const task = await house.task(headers.get('x-atelier-run-id')!);
    expect(task.routing.attempts).toMatchObject([
      { n: 1, provider: 'first', outcome: 'failed' },
      { n: 2, provider: 'second', outcome: 'succeeded' },
    ]);
    expect(task.cost.actual).toBe('0.01');
  });

  test('a refusal that no other provider would take back ends the task at once', async () => {
    house.first.script('fake-image', [{ status: 400, code: 'invalid_request', message: 'Not like this.' }]);

    const { status, headers } = await house.call('POST', '/v1/images/generations', { body: image });

    expect(status).toBe(400);
    const task = await house.task(headers.get('x-atelier-run-id')!);
    expect(task).toMatchObject({ status: 'failed', cost: { actual: '0', reserved: '0' } });
    expect(task.routing.attempts).toHaveLength(1);
  });

  test('a cancel hears a call out that is under way: what was delivered is kept and charged', async () => {
    house.first.script('fake-image', [{ thinkMs: 4_000 }]);
    const made = await house.call('POST', '/v1/tasks', {
      body: { type: 'image', model: 'image-patient', input: { prompt: 'a boat that is stopped' } },
    });
    // Purchases are counted as they are answered, and this one has to be under way.
    const isAsked = () => house.first.requests.some(({ body }) => JSON.stringify(body).includes('a boat that is stopped'));
    await eventually(isAsked, { withinMs: 10_000 });

    await house.call('POST', `/v1/tasks/${made.body.id}/cancel`);

    const task = await house.ended(made.body.id);
    expect(task).toMatchObject({ status: 'cancelled', cost: { actual: '0.01', reserved: '0' } });
    expect(task.routing.attempts).toMatchObject([{ n: 1, outcome: 'succeeded' }]);
  });

  test('a video is bought once, waited for, told of while it is made, kept and charged', async () => {
    house.first.behaviour.videoMs = 1_500;
    const made = await house.call('POST', '/v1/tasks', { body: video('a fox') });
    const part = await eventually(
      async () => {
        const task = await house.task(made.body.id);
        return task.progress > 0.05 && task.progress < 0.95 && task;
      },
      { withinMs: 20_000, everyMs: 50 },
    );
    const task = await house.ended(made.body.id, 60_000);

    expect(part).toMatchObject({ status: 'running', phase: 'waiting_provider' });
    expect(task).toMatchObject({ status: 'succeeded', progress: 1, cost: { actual: '0.4', reserved: '0' }, outputs: [{ kind: 'video' }] });
    expect(task.routing.attempts).toMatchObject([{ n: 1, provider: 'first', outcome: 'succeeded' }]);
    expect(house.first.counts.createsByPrompt.get('a fox')).toBe(1);
  });

  test('a video whose job fails is bought from the next provider', async () => {
    house.first.script('fake-video', [{ jobFails: 'server_error' }]);
    const made = await house.call('POST', '/v1/tasks', { body: video('a fox that fails') });

    const task = await house.ended(made.body.id, 60_000);

    expect(task).toMatchObject({ status: 'succeeded', cost: { actual: '0.4', reserved: '0' } });
    expect(task.routing.attempts).toMatchObject([
      { n: 1, provider: 'first', outcome: 'failed', provider_code: 'server_error' },
      { n: 2, provider: 'second', outcome: 'succeeded' },
    ]);
  });

  test('a cancel stops the job of a video, which costs nothing then', async () => {
    house.first.behaviour.videoMs = 3_600_000;
    const made = await house.call('POST', '/v1/tasks', { body: video('a fox that is stopped') });
    await eventually(() => house.first.counts.calls.get('GET /v1/videos/{id}') !== undefined, { withinMs: 20_000 });

    await house.call('POST', `/v1/tasks/${made.body.id}/cancel`);

    expect(await house.ended(made.body.id, 30_000)).toMatchObject({ status: 'cancelled', cost: { actual: '0', reserved: '0' } });
    expect(house.first.counts.calls.get('DELETE /v1/videos/{id}')).toBe(1);
  });

  test('images at once are each bought once, and the books add up', async () => {
    const prompts = Array.from({ length: 30 }, (_, index) => `boat ${index}`);

    const answers = await Promise.all(
      prompts.map((prompt) => house.call('POST', '/v1/images/generations', { body: { model: 'image-patient', prompt } })),
    );

    expect(answers.map(({ status }) => status)).toEqual(prompts.map(() => 200));
    expect(prompts.map((prompt) => house.first.counts.createsByPrompt.get(prompt))).toEqual(prompts.map(() => 1));
    expect(await house.ledger()).toMatchObject({ ok: true, open_reservations: 0, problems: [] });
  });
}

const video = (prompt: string) => ({ type: 'video', model: 'video', input: { prompt }, output: { duration_s: 4 } });

/** A model whose provider may think. */
export const PATIENT_IMAGE = `  - { name: image-patient, modality: image, price: { per_image_usd: "0.01" }, routes: [{ provider: first, model: fake-image }] }
`;
