import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import sharp from 'sharp';
import { cli } from '../cli/support/run-cli';
import { eventually } from '../support/eventually';
import { startFakeProvider, type FakeProvider, type Step } from '../support/fake-provider';
import { FAKE_MP4, FAKE_PNG_BASE64 } from '../support/fake-provider/fixtures';
import { startAtelier, type TestAtelier } from '../support/stack';

/** What a provider delivered is kept as it came, each output for itself; what is missing has its reason. */

const SVG =
  '<?xml version="1.0"?><!-- ours --><svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><script>alert(1)</script></svg>';
const PAGE = '<!doctype html><html><head><title>Sign in</title></head><body>Wrong key sk-live_abcdef0123456789</body></html>';

let fake: FakeProvider;
let atelier: TestAtelier;
/** Where the provider keeps its results: the path decides what comes, and how often it was asked is counted. */
let shelf: Server;
const asked = new Map<string, number>();

const config = (baseUrl: string) => `
providers:
  - { name: fake, kind: openai, base_url: "${baseUrl}", api_key: "\${FAKE_KEY}" }
models:
  - name: image
    modality: image
    price: { per_image_usd: "0.02" }
    routes: [{ provider: fake, model: fake-image }]
  - name: video
    modality: video
    price: { per_second_usd: "0.1" }
    routes: [{ provider: fake, model: fake-video }]
`;

beforeAll(async () => {
  fake = await startFakeProvider();
  shelf = createServer((request, response) => {
    const path = request.url ?? '';
    const times = (asked.get(path) ?? 0) + 1;
    asked.set(path, times);
    const [status, type, body] = onShelf(path, times);
    response.writeHead(status, { 'content-type': type }).end(body);
  });
  await new Promise<void>((resolve) => shelf.listen(0, '127.0.0.1', resolve));
  atelier = await startAtelier({ config: config(fake.baseUrl), env: { FAKE_KEY: 'fake-key-0123456789' } });
}, 120_000);
afterEach(() => fake.reset());
afterAll(async () => {
  await atelier.stop();
  await fake.close();
  shelf.close();
}, 60_000);

function onShelf(path: string, times: number): [number, string, string | Buffer] {
  const png = Buffer.from(FAKE_PNG_BASE64, 'base64');
  if (path.startsWith('/forbidden')) return [403, 'application/xml', '<Error><Code>AccessDenied</Code></Error>'];
  if (path.startsWith('/gone')) return [410, 'text/plain', 'gone'];
  if (path.startsWith('/shaky')) return times < 3 ? [503, 'text/plain', 'busy'] : [200, 'image/png', png];
  if (path.startsWith('/page')) return [200, 'image/png', PAGE];
  if (path.startsWith('/vector')) return [200, 'image/svg+xml', SVG];
  return [200, 'image/png', png];
}

const link = (name: string): string => `http://127.0.0.1:${(shelf.address() as AddressInfo).port}/${name}?sig=abc`;

function answering(data: readonly unknown[], rest: object = {}): Step {
  return { exactly: { pieces: [JSON.stringify({ created: 1, data, ...rest })] } };
}

async function made(body: object, step: Step): Promise<any> {
  const { type } = body as { type: string };
  fake.script(`fake-${type}`, [step]);
  const task = await call('POST', '/v1/tasks', { model: type, input: { prompt: 'a boat' }, ...body });
  return eventually(
    async () => {
      const now = await call('GET', `/v1/tasks/${task.id}`);
      return ['queued', 'running'].includes(now.status) ? undefined : now;
    },
    { withinMs: 60_000, everyMs: 100 },
  );
}

async function call(method: string, path: string, body?: object): Promise<any> {
  const response = await fetch(`${atelier.origin}${path}`, {
    method,
    headers: { authorization: `Bearer ${atelier.keys.production}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return response.json();
}

const image = (n: number, output: object = {}): object => ({ type: 'image', output: { n, ...output } });
const inline = { b64_json: FAKE_PNG_BASE64 };

describe('of several outputs', () => {
  test('those that can be had are kept, and a dead link is missing with its reason, asked for once', async () => {
    const task = await made(image(2), answering([{ url: link('good') }, { url: link('forbidden') }]));

    expect(task).toMatchObject({
      status: 'succeeded',
      outputs: [{ kind: 'image', width: 16, height: 16, notice: null }],
      missing_outputs: [
        { index: 1, code: 'asset_storage_failed', message: expect.stringMatching(/link .* 127\.0\.0\.1:\d+ answered with status 403/) },
      ],
      error: null,
      cost: { actual: '0.04' },
    });
    expect(asked.get('/forbidden?sig=abc')).toBe(1);
    expect(JSON.stringify(task.missing_outputs)).not.toContain('sig=abc');
  });

  test('the first may be the missing one: outputs are counted as they are listed', async () => {
    const task = await made(image(2), answering([{ url: link('gone') }, { url: link('good') }]));
    const content = await fetch(task.links.result, { headers: { authorization: `Bearer ${atelier.keys.production}` } });

    expect(task).toMatchObject({ status: 'succeeded', missing_outputs: [{ index: 0 }] });
    expect([content.status, content.headers.get('content-type')]).toEqual([200, 'image/png']);
  });

  test('a link that fails for a moment is tried again', async () => {
    const task = await made(image(2), answering([inline, { url: link('shaky') }]));

    expect(task).toMatchObject({ status: 'succeeded', outputs: [{}, {}], missing_outputs: [] });
    expect(asked.get('/shaky?sig=abc')).toBe(3);
  });

  test.each([
    [
      'each with its error',
      [inline, { error: { code: 'moderation_blocked', message: 'Violence.' } }, inline, { error: { code: 'content_policy_violation' } }],
      {},
    ],
    ['with a filter reason', [inline, { rai_filtered_reason: 'Violence.' }, inline, { finish_reason: 'content_filter' }], {}],
    ['left out, with an error beside the others', [inline, inline], { error: { code: 'moderation_blocked', message: 'Violence.' } }],
    ['left out, with one reason for all', [inline, inline], { raiMediaFilteredReasons: ['Violence.'] }],
  ])('the provider refuses some, %s: the others are kept and charged', async (_how, data, rest) => {
    const task = await made(image(4), answering(data, rest));

    expect(task).toMatchObject({ status: 'succeeded', outputs: [{}, {}], cost: { actual: '0.04' } });
    expect(task.missing_outputs.map(({ code }: any) => code)).toEqual(['content_policy_violation', 'content_policy_violation']);
    expect(task.missing_outputs[0].message).toContain('Violence.');
  });

  test('fewer than asked for without a word are told as missing', async () => {
    const task = await made(image(3), answering([inline]));

    expect(task).toMatchObject({
      status: 'succeeded',
      cost: { actual: '0.02' },
      missing_outputs: [1, 2].map((index) => ({ index, code: 'provider_bad_response', message: expect.stringContaining('no reason') })),
    });
  });

  test('none can be had: the task fails by the reason, at once, and charges what was delivered', async () => {
    const startedAt = Date.now();
    const task = await made(image(2), answering([{ url: link('forbidden-1') }, { url: link('gone-2') }]));

    expect(task).toMatchObject({
      status: 'failed',
      error: { code: 'asset_storage_failed', message: expect.stringContaining('status 403') },
      outputs: [],
      missing_outputs: [{ index: 0 }, { index: 1 }],
      cost: { actual: '0.04' },
    });
    expect(task.error.message).not.toMatch(/costs nothing/);
    expect(Date.now() - startedAt).toBeLessThan(10_000);
    const replay = await call('POST', `/v1/tasks/${task.id}/replay`, {});
    expect(replay.cost.reserved).toBe('0.04');
  });
});

describe('what came is kept as it came', () => {
  test('an SVG is kept, without size, and never shown inline', async () => {
    const task = await made(image(1, { format: 'webp', watermark: 'ours' }), answering([{ url: link('vector') }]));
    const content = await fetch(task.links.result, { headers: { authorization: `Bearer ${atelier.keys.production}` } });

    expect(task).toMatchObject({
      status: 'succeeded',
      outputs: [
        {
          kind: 'image',
          content_type: 'image/svg+xml',
          width: null,
          height: null,
          thumbnail_url: null,
          bytes: SVG.length,
          notice: expect.stringMatching(/not converted to webp and no watermark/),
        },
      ],
    });
    expect(await content.text()).toBe(SVG);
    expect(content.headers.get('content-disposition')).toMatch(/^attachment; filename="asset_\w+\.svg"/);
    expect(content.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(content.headers.get('x-content-type-options')).toBe('nosniff');
  });

  test.each([
    ['an MP4 that cannot be parsed', FAKE_MP4.subarray(0, 200), 'video/mp4', 'video'],
    ['a PNG in place of a video', Buffer.from(FAKE_PNG_BASE64, 'base64'), 'image/png', 'image'],
    ['a broken PNG', Buffer.from(FAKE_PNG_BASE64, 'base64').subarray(0, 60), 'image/png', 'image'],
    ['bytes that nobody knows', Buffer.from([1, 2, 3, 0, 255, 254]), 'application/octet-stream', 'other'],
  ])('%s is kept at once', async (_name, bytes, type, kind) => {
    const task = await made(
      { type: 'video', output: { duration_s: 4 } },
      { content: { type: 'application/octet-stream', base64: bytes.toString('base64') } },
    );

    expect(task).toMatchObject({
      status: 'succeeded',
      outputs: [{ kind, content_type: type, bytes: bytes.byteLength, duration_s: null }],
      cost: { actual: '0.4' },
    });
  });

  test.each([
    ['a web page', PAGE, /a web page \(\d+ bytes, declared as text\/html.*Sign in/],
    ['JSON', '{"error":{"message":"The link is over."}}', /JSON .*The link is over/],
    ['text', 'Not found, Bearer abcdef0123456789', /text .*Not found, \[redacted\]/],
    ['nothing', '', /delivered nothing in place/],
  ])('%s is no result: it is refused at once, with what came, and is not bought again', async (_name, body, message) => {
    const startedAt = Date.now();
    const task = await made(
      { type: 'video', output: { duration_s: 4 } },
      { content: { type: 'text/html; charset=utf-8', base64: Buffer.from(body).toString('base64') } },
    );

    expect(task).toMatchObject({
      status: 'failed',
      error: { code: 'provider_bad_response', message: expect.stringMatching(message) },
      outputs: [],
    });
    expect(task.error.message).not.toMatch(/sk-live|abcdef0123456789|replay/i);
    expect(task.routing.attempts).toHaveLength(1);
    expect(fake.counts.calls.get('GET /v1/videos/{id}/content')).toBe(1);
    expect(Date.now() - startedAt).toBeLessThan(10_000);
  });

  test('a page among images is the missing one', async () => {
    const page = Buffer.from(PAGE).toString('base64');
    const task = await made(image(2), answering([{ b64_json: page }, inline]));

    expect(task).toMatchObject({ status: 'succeeded', outputs: [{}], missing_outputs: [{ index: 0, code: 'provider_bad_response' }] });
  });
});

test('the compatible endpoint, items of campaigns and the command line tell of the missing outputs', async () => {
  fake.script('fake-image', [answering([inline, { error: { code: 'moderation_blocked', message: 'No.' } }])]);
  const answer = await call('POST', '/v1/images/generations', { model: 'image', prompt: 'a boat', n: 2, response_format: 'b64_json' });
  const items = [{ key: 'a', input: { prompt: 'a boat' } }];
  const campaign = await call('POST', '/v1/campaigns', { defaults: { type: 'image', model: 'image', output: { n: 2 } }, items });
  const done = await eventually(
    async () => {
      const { data } = await call('GET', `/v1/campaigns/${campaign.id}/items`);
      return data[0].status === 'succeeded' ? data[0] : undefined;
    },
    { withinMs: 30_000 },
  );
  const shown = await cli(['tasks', 'get', done.task_id], {
    env: { ATELIER_BASE_URL: atelier.baseUrl, ATELIER_KEY: atelier.keys.production },
  });

  const missing = [{ index: 1, code: 'content_policy_violation', message: expect.stringContaining('No.') }];
  expect(answer).toMatchObject({ data: [{}], missing_outputs: missing });
  expect(done).toMatchObject({ outputs: [{ notice: null }], missing_outputs: missing });
  expect(shown.stdout).toMatch(/missing.*content_policy_violation/);
  expect(await sharp(Buffer.from(answer.data[0].b64_json, 'base64')).metadata()).toMatchObject({ format: 'png' });
});
