import { ApiError, createFalClient, ValidationError } from '@fal-ai/client';
import { createFalLab } from './fal';
import { startLab, type Lab } from './lab';

let lab: Lab;
beforeAll(async () => {
  lab = await startLab([createFalLab()]);
});
afterAll(() => lab.close());

/** The SDK knows no base URL: its requests go to the lab by the `fetch` that it is given. */
const client = (credentials = 'id:secret') =>
  createFalClient({
    credentials,
    fetch: (input, init) => fetch(new Request(input, init).url.replace('https://queue.fal.run', lab.url('fal')), init),
    retry: { maxRetries: 0 },
  });

test('@fal-ai/client queues a job, follows it and reads its result', async () => {
  const result = await client().subscribe('fal-ai/flux/dev', { input: { prompt: 'a boat', num_images: 2, seed: 0 }, pollInterval: 5 });

  expect(result.data.images).toHaveLength(2);
  const image = await fetch(result.data.images[0]?.url ?? '');
  expect(image.headers.get('content-type')).toBe('image/png');
});

test('@fal-ai/client cancels a job, and reads the errors of the lab', async () => {
  const fal = client();
  const { request_id: requestId } = await fal.queue.submit('fal-ai/veo3.1/image-to-video', {
    input: { prompt: 'a boat', image_url: 'https://example.com/a.png', duration: '8s' },
    webhookUrl: 'https://example.com/hook',
  });
  await fal.queue.cancel('fal-ai/veo3.1/image-to-video', { requestId });
  expect((await fal.queue.status('fal-ai/veo3.1/image-to-video', { requestId })).status).toBe('COMPLETED');

  const refusal = await fal
    .subscribe('fal-ai/flux/dev', { input: { prompt: '[lab:moderated]' }, pollInterval: 5 })
    .catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(ValidationError);
  expect((refusal as ValidationError).fieldErrors[0]?.type).toBe('content_policy_violation');
  const wrong = await fal.queue
    .submit('fal-ai/kling-video/v2.5-turbo/pro/image-to-video', { input: { prompt: 'a' } as never })
    .catch((e: unknown) => e);
  expect(wrong).toMatchObject({ status: 422 });
  const unknown = await client('')
    .queue.submit('fal-ai/flux/dev', { input: { prompt: 'a' } })
    .catch((error: unknown) => error);
  expect(unknown).toBeInstanceOf(ApiError);
  expect((unknown as ApiError<unknown>).status).toBe(401);
});
