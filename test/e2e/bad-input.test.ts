import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { connect } from 'node:net';
import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import type { Answer } from '../support/call';
import { useHouse } from './support/house';

const house = useHouse();

interface Before {
  readonly tasks: number;
  readonly entries: number;
}
let before: Before;

async function state(): Promise<Before> {
  const [tasks, { entries }] = await Promise.all([house.tasks(), house.ledger()]);
  return { tasks: tasks.length, entries };
}

beforeEach(async () => {
  before = await state();
});

/** An error of the class, in OpenAI's shape, without anything of our inside; nothing was stored, charged or called. */
async function expectRefusal(answer: Answer, status: number, code: string): Promise<void> {
  expect([answer.status, answer.body?.error?.code]).toEqual([status, code]);
  expect(answer.body.error).toMatchObject({ message: expect.stringMatching(/.{15,}/), type: expect.any(String) });
  expect(answer.text.length).toBeLessThan(3_000);
  expect(answer.text).not.toMatch(/\n\s+at |node_modules|dist\/|\.[jt]s:\d+|ZodError|SyntaxError|TypeError/);
  expect(answer.headers.get('x-request-id')).toMatch(/^req_/);
  expect(answer.headers.get('x-atelier-run-id')).toBeNull();
  expect(await state()).toEqual(before);
  expect([house.first.requests.length, house.second.requests.length]).toEqual([0, 0]);
}

const chat = { model: 'text', messages: [{ role: 'user', content: 'x' }] };

test.each<[what: string, path: string, body: string | Uint8Array, status: number, code: string]>([
  ['nothing at all', '/v1/chat/completions', '', 400, 'invalid_json'],
  ['half an object', '/v1/images/generations', '{"model":"image","prompt":"x"', 400, 'invalid_json'],
  ['a bare word', '/v1/tasks', 'NaN', 400, 'invalid_json'],
  ['null', '/v1/tasks', 'null', 400, 'invalid_json'],
  ['text behind the object', '/v1/embeddings', '{"model":"text","input":"x"} and more', 400, 'invalid_json'],
  ['half a video', '/v1/videos', '{"model":"video","prompt":', 400, 'invalid_json'],
  [
    'bytes that are no UTF-8',
    '/v1/chat/completions',
    Buffer.from('{"model":"\xff","messages":[{"role":"user","content":"x"}]}', 'latin1'),
    400,
    'invalid_json',
  ],
  ['a hundred thousand brackets', '/v1/chat/completions', `{"model":"text","messages":${'['.repeat(100_000)}`, 400, 'invalid_json'],
  [
    'a hundred thousand nested lists',
    '/v1/chat/completions',
    `{"model":"text","messages":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
    400,
    'invalid_type',
  ],
  ['a number beyond all', '/v1/images/generations', '{"model":"image","prompt":"x","n":1e999}', 400, 'invalid_type'],
])('JSON that is %s is refused', async (_what, path, body, status, code) => {
  await expectRefusal(await house.call('POST', path, { body }), status, code);
});

test.each([
  ['/v1/chat/completions', { ...chat, user: 'x'.repeat(100_000_000) }],
  ['/v1/embeddings', { model: 'text', input: 'x'.repeat(100_000_000) }],
  ['/v1/videos', { model: 'video', prompt: 'x'.repeat(100_000_000) }],
  ['/v1/tasks', { type: 'image', model: 'image', input: { prompt: 'x'.repeat(100_000_000) } }],
])('100 MB of JSON for %s are refused unread', async (path, body) => {
  await expectRefusal(await house.call('POST', path, { body }), 413, 'request_too_large');
});

test.each<[what: string, path: string, body: object, code: string, status?: number]>([
  ['a prompt of a megabyte for a video', '/v1/videos', { model: 'video', prompt: 'x'.repeat(1_000_000) }, 'string_above_max_length'],
  ['a prompt that is a number', '/v1/images/generations', { model: 'image', prompt: 5 }, 'invalid_type'],
  ['a prompt that is empty', '/v1/images/generations', { model: 'image', prompt: '' }, 'invalid_value'],
  ['a model that is a list', '/v1/chat/completions', { ...chat, model: ['text'] }, 'invalid_type'],
  ['a size of nothing', '/v1/images/generations', { model: 'image', prompt: 'x', size: '0x0' }, 'invalid_value'],
  ['a negative size', '/v1/images/generations', { model: 'image', prompt: 'x', size: '-1024x1024' }, 'invalid_value'],
  [
    'a size of a billion',
    '/v1/tasks',
    { type: 'image', model: 'image', input: { prompt: 'x' }, output: { size: '1000000000x1' } },
    'invalid_value',
  ],
  ['a million images', '/v1/tasks', { type: 'image', model: 'image', input: { prompt: 'x' }, output: { n: 1_000_000 } }, 'invalid_value'],
  [
    'a video of no length',
    '/v1/tasks',
    { type: 'video', model: 'video', input: { prompt: 'x' }, output: { duration_s: 0 } },
    'invalid_value',
  ],
  [
    'a video of a year',
    '/v1/tasks',
    { type: 'video', model: 'video', input: { prompt: 'x' }, output: { duration_s: 31_536_000 } },
    'invalid_value',
  ],
  ['a video of negative length', '/v1/videos', { model: 'video', prompt: 'x', seconds: '-4' }, 'invalid_value'],
  ['more answers than anyone reads', '/v1/chat/completions', { ...chat, n: 1e15 }, 'invalid_value'],
  ['more tokens than there are', '/v1/chat/completions', { ...chat, max_completion_tokens: 1e15 }, 'invalid_value'],
  ['a model of another kind', '/v1/videos', { model: 'image', prompt: 'x' }, 'invalid_value'],
  ['an unknown model for embeddings', '/v1/embeddings', { model: 'texts', input: 'x' }, 'model_not_found', 404],
  ['an unknown model for a video', '/v1/videos', { model: 'videos', prompt: 'x' }, 'model_not_found', 404],
  ['an unknown model for a task', '/v1/tasks', { type: 'image', model: 'images', input: { prompt: 'x' } }, 'model_not_found', 404],
  [
    'a made-up prototype',
    '/v1/tasks',
    JSON.parse('{"__proto__":{"type":"image"},"model":"image","input":{"prompt":"x"}}'),
    'missing_required_parameter',
  ],
])('%s is refused', async (_what, path, body, code, status = 400) => {
  await expectRefusal(await house.call('POST', path, { body }), status, code);
});

/** A PNG that says it has so many pixels on each side, and holds next to nothing. */
function hugePng(side: number): Buffer {
  const chunk = (name: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(name, 'latin1'), data]);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(data.length);
    const checksum = Buffer.alloc(4);
    checksum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, checksum]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header.set([8, 0, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', deflateSync(Buffer.alloc(1_000))), chunk('IEND', Buffer.alloc(0))]);
}

function crc32(bytes: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ ((crc & 1) === 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

function goodPng(): Promise<Buffer> {
  return sharp({ create: { width: 64, height: 64, channels: 3, background: 'red' } })
    .png()
    .toBuffer();
}

const BAD_IMAGES: readonly (readonly [what: string, make: () => Promise<Buffer>])[] = [
  ['is empty', () => Promise.resolve(Buffer.alloc(0))],
  ['is cut short', async () => (await goodPng()).subarray(0, 60)],
  ['claims 60,000 by 60,000 pixels', () => Promise.resolve(hugePng(60_000))],
  ['is a script of SVG', () => Promise.resolve(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'))],
  ['is a page of HTML', () => Promise.resolve(Buffer.from('<!doctype html><title>x</title>'))],
  ['is noise', () => Promise.resolve(createHash('sha512').update('noise').digest())],
];

test.each(BAD_IMAGES)('an image that %s is refused where it is uploaded and where it is inline', async (_what, make) => {
  const bytes = await make();
  const form = new FormData();
  form.append('model', 'image');
  form.append('prompt', 'x');
  form.append('image', new File([bytes], 'a.png', { type: 'image/png' }));
  const video = new FormData();
  video.append('model', 'video');
  video.append('prompt', 'x');
  video.append('input_reference', new File([bytes], 'a.png', { type: 'image/png' }));
  const data = bytes.toString('base64');

  await expectRefusal(await house.call('POST', '/v1/images/edits', { body: form }), 400, 'invalid_image');
  await expectRefusal(await house.call('POST', '/v1/videos', { body: video }), 400, 'invalid_image');
  const task = await house.call('POST', '/v1/tasks', {
    body: { type: 'image', model: 'image', input: { prompt: 'x', images: [{ data }] } },
  });
  await expectRefusal(task, 400, bytes.length === 0 ? task.body.error.code : 'invalid_image');
});

const part = (name: string, value: string, more = ''): string =>
  `--b\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n${value}\r\n`;

test.each<[what: string, contentType: string, body: string]>([
  ['has no boundary', 'multipart/form-data', part('prompt', 'x')],
  ['has another boundary than it says', 'multipart/form-data; boundary=other', `${part('prompt', 'x')}--b--\r\n`],
  [
    'ends in the middle of a file',
    'multipart/form-data; boundary=b',
    part('prompt', 'x') + part('image', 'half a pic', '; filename="a.png"').slice(0, -2),
  ],
  ['ends in the middle of a header', 'multipart/form-data; boundary=b', `${part('prompt', 'x')}--b\r\nContent-Dispo`],
  ['is empty', 'multipart/form-data; boundary=b', ''],
])('a form that %s is refused', async (_what, contentType, body) => {
  for (const path of ['/v1/images/edits', '/v1/videos']) {
    await expectRefusal(await house.call('POST', path, { body, headers: { 'content-type': contentType } }), 400, 'invalid_multipart');
  }
});

test('a form whose client goes away in the middle leaves no task and no hold', async () => {
  const url = new URL(house.atelier.origin);
  const socket = connect(Number(url.port), url.hostname);
  const headers = [
    'POST /v1/images/edits HTTP/1.1',
    `Host: ${url.host}`,
    `Authorization: Bearer ${house.atelier.keys.production}`,
    'Content-Type: multipart/form-data; boundary=b',
    'Content-Length: 1000000',
  ];
  const begun = part('prompt', 'x') + part('model', 'image') + part('image', 'x'.repeat(100_000), '; filename="a.png"');
  await new Promise<void>((resolve, reject) => {
    socket.on('error', reject).write(`${headers.join('\r\n')}\r\n\r\n${begun}`, () => resolve());
  });
  await new Promise<void>((resolve) => {
    socket.on('close', () => resolve()).destroy();
  });

  expect(await state()).toEqual(before);
  expect(house.first.requests).toHaveLength(0);
});

test.each([
  ['bytes of TLS', Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03, 0x03]), 400, 'invalid_value'],
  ['a word', 'hello\r\n\r\n', 400, 'invalid_value'],
  ['headers without end', `GET /v1/models HTTP/1.1\r\nhost: x\r\nx-long: ${'x'.repeat(20_000)}\r\n\r\n`, 413, 'request_too_large'],
])('%s in place of a request are answered in JSON with a request id', async (_what, bytes, status, code) => {
  const { hostname, port } = new URL(house.atelier.origin);
  const socket = connect(Number(port), hostname);
  socket.end(bytes);
  let text = '';
  for await (const part of socket.setEncoding('utf8')) text += String(part);

  const [head = '', body = ''] = text.split('\r\n\r\n');
  const id = /x-request-id: (req_\w+)/.exec(head)?.[1];
  expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  expect(JSON.parse(body).error).toMatchObject({ code, message: expect.stringContaining(`(request id: ${id})`) });
  expect(await state()).toEqual(before);
});

test('unknown fields and parts, whatever their value, arrive at the provider as they were sent; known nulls do not', async () => {
  // JSON has no negative zero, and `__proto__` is no field that JavaScript could keep.
  const value = fc.jsonValue({ maxDepth: 3 }).map((given) => JSON.parse(JSON.stringify(given)) as unknown);
  const name = fc.string().map((text) => `x_${text}`);
  const unknown = fc.dictionary(name, value).filter((given) => !JSON.stringify(given).includes('__proto__'));

  await fc.assert(
    fc.asyncProperty(unknown, unknown, async (inBody, inPart) => {
      const messages = [
        {
          role: 'user',
          content: [
            { type: 'x_part', ...inPart },
            { type: 'text', text: 'x' },
          ],
          x_note: null,
        },
      ];
      const body = { model: 'text', messages, temperature: null, tools: null, seed: 0, ...inBody };
      expect((await house.call('POST', '/v1/chat/completions', { body })).status).toBe(200);
      const sent = house.first.requests.at(-1)!.body;
      expect(sent).toEqual({ model: 'fake-text', messages, seed: 0, ...inBody });
    }),
    { numRuns: 20 },
  );
});

test('after all of this the api has written of no failure of its own', () => {
  const lines = house.atelier.log('api').trim().split('\n');

  expect(lines.filter((line) => !line.startsWith('{') || Number(JSON.parse(line).level) >= 50)).toEqual([]);
});
