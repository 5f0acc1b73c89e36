import { UNBOUND } from '../../domain/access/caller';
import { NO_LIMITS } from '../../domain/access/credential';
import { createHash } from 'node:crypto';
import type OpenAI from 'openai';
import { KEYS, useApi } from '../api/support/api';
import { end, finish, nextStarted, anImage, showPartial } from './support/media';

const api = useApi();

describe('how an image is answered', () => {
  const linkKey = 'sk-links-0123456789abcdef';
  beforeAll(async () => {
    await api.catalogueStore.credentials.create({
      team: 'studio',
      name: 'old-client',
      class: 'script',
      limits: NO_LIMITS,
      project: null,
      owner: null,
      purpose: null,
      bounds: UNBOUND,
      models: ['*'],
      defaults: { images: 'url', models: null },
      keyHash: createHash('sha256').update(linkKey).digest('hex'),
      hint: 'sk-links',
    });
  });

  async function answerOf(client: OpenAI, format: object, results: readonly Buffer[]): Promise<readonly OpenAI.Images.Image[]> {
    const seen = api.started.length;
    const answering = client.images.generate({ model: 'image-test', prompt: 'a square', n: results.length, ...format });
    const answered = answering.then((answer) => answer);
    await finish(api, await nextStarted(api, seen), results);
    return (await answered).data ?? [];
  }

  test.each([
    ['nothing is said', KEYS.site, {}, 'b64_json'],
    ['null is said', KEYS.site, { response_format: null }, 'b64_json'],
    ['b64_json is said', KEYS.site, { response_format: 'b64_json' }, 'b64_json'],
    ['url is said', KEYS.site, { response_format: 'url' }, 'url'],
    ['the key says url', linkKey, {}, 'url'],
    ['the key says url and the request b64_json', linkKey, { response_format: 'b64_json' }, 'b64_json'],
  ])('%s', async (_what, key, format, expected) => {
    const results = [await anImage(30), await anImage(31, 512), await anImage(32)];

    const data = await answerOf(api.client(key), format, results);

    expect(data.map((image) => Object.keys(image))).toEqual(results.map(() => [expected]));
    const files = data.map(async ({ url, b64_json: text }) =>
      text === undefined ? Buffer.from(await (await fetch(url!)).arrayBuffer()) : Buffer.from(text, 'base64'),
    );
    expect((await Promise.all(files)).map((file, index) => file.equals(results[index]!))).toEqual([true, true, true]);
  });

  test('a link can be read by a page of another origin', async () => {
    const [image] = await answerOf(api.client(), { response_format: 'url' }, [await anImage(33)]);

    const answer = await fetch(image!.url!, { headers: { origin: 'https://app.example' } });

    expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([
      200,
      expect.stringMatching(/^(\*|https:\/\/app\.example)$/),
    ]);
  });

  test('a stream ends in a link only when one was asked for', async () => {
    const seen = api.started.length;
    const streaming = api.client().images.generate({ model: 'image-test', prompt: 'x', stream: true, response_format: 'url' });
    const opened = streaming.then((stream) => stream);
    await finish(api, await nextStarted(api, seen), [await anImage(4)]);
    const events: object[] = [];
    for await (const event of await opened) events.push(event);

    expect(events).toEqual([expect.objectContaining({ type: 'image_generation.completed', url: expect.stringContaining('http') })]);
    expect(events[0]).not.toHaveProperty('b64_json');
  });
});

test('partial images are streamed as they come, then the finished one', async () => {
  const [first, second, done] = [await anImage(1), await anImage(2), await anImage(3)];
  const streaming = api.client().images.generate({ model: 'image-test', prompt: 'x', stream: true, partial_images: 2 });
  const opened = streaming.then((stream) => stream);
  const taskId = await nextStarted(api, api.started.length);
  const events: OpenAI.Images.ImageGenStreamEvent[] = [];
  let isFinished = false;
  await showPartial(api, taskId, 0, first);
  for await (const event of await opened) {
    events.push(event);
    if (events.length === 1) await showPartial(api, taskId, 1, second);
    if (events.length === 2 && !isFinished) {
      isFinished = true;
      await finish(api, taskId, [done]);
    }
  }

  expect(events.map(({ type }) => type)).toEqual([
    'image_generation.partial_image',
    'image_generation.partial_image',
    'image_generation.completed',
  ]);
  expect(events.map(({ b64_json: text }) => text)).toEqual([first, second, done].map((bytes) => bytes.toString('base64')));
  expect(events[1]).toMatchObject({ partial_image_index: 1 });
});

test('a stream whose task fails ends in an error event', async () => {
  const streaming = api.client().images.generate({ model: 'image-test', prompt: 'x', stream: true });
  const opened = streaming.then((stream) => stream);
  await end(api, await nextStarted(api, api.started.length), 'failed', 'provider_unavailable');

  const read = async (): Promise<void> => {
    for await (const event of await opened) expect(event).toBeUndefined();
  };

  await expect(read()).rejects.toMatchObject({ code: 'provider_unavailable' });
});
