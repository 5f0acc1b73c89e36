import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { ITEM } from '../api-campaigns/support/campaigns';
import type { Answer } from '../support/call';
import { KEYS, useApi } from './support/api';

const api = useApi();

const PROMPT = 'Mütze 帽子 🧢';
const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');
const utf16 = (text: string, order: 'le' | 'be'): Buffer => {
  const bytes = Buffer.from(`\uFEFF${text}`, 'utf16le');
  return order === 'le' ? bytes : bytes.swap16();
};

/** One POST whose bytes come in pieces of the given size, so that characters are cut anywhere. */
async function send(
  path: string,
  bytes: Uint8Array,
  headers: Readonly<Record<string, string>> = {},
  piece = bytes.length,
): Promise<Answer> {
  let at = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (at >= bytes.length) controller.close();
      else controller.enqueue(bytes.subarray(at, (at += piece)));
    },
  });
  const response = await fetch(`${api.origin}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${KEYS.site}`, 'content-type': 'application/json', ...headers },
    body,
    duplex: 'half',
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: JSON.parse(text) };
}

/** A form of parts; a file part has a content type. */
function formOf(parts: Readonly<Record<string, { readonly bytes: Buffer; readonly file?: boolean }>>): Buffer {
  const written = Object.entries(parts).flatMap(([name, { bytes, file }]) => [
    Buffer.from(`--b\r\nContent-Disposition: form-data; name="${name}"${file === true ? '; filename="f"' : ''}\r\n\r\n`),
    bytes,
    Buffer.from('\r\n'),
  ]);
  return Buffer.concat([...written, Buffer.from('--b--\r\n')]);
}
const FORM = { 'content-type': 'multipart/form-data; boundary=b' };

interface Entrance {
  /** The request whose text holds these bytes in the place of the prompt. */
  readonly bytesOf: (prompt: Buffer) => Buffer;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly ok: number;
}

const around = (text: string) => {
  const [before = '', after = ''] = text.split('PROMPT');
  return (prompt: Buffer): Buffer => Buffer.concat([Buffer.from(before), prompt, Buffer.from(after)]);
};
const LINE = JSON.stringify({ ...ITEM, input: { prompt: 'PROMPT' } });

const ENTRANCES: Readonly<Record<string, Entrance>> = {
  'a chat': {
    path: '/v1/chat/completions',
    bytesOf: around('{"model":"gpt-test","messages":[{"role":"user","content":"PROMPT"}]}'),
    ok: 200,
  },
  'an embedding': { path: '/v1/embeddings', bytesOf: around('{"model":"embed-test","input":"PROMPT"}'), ok: 200 },
  'a task': { path: '/v1/tasks', bytesOf: around(LINE), ok: 202 },
  'a video': { path: '/v1/videos', bytesOf: around('{"model":"video-test","prompt":"PROMPT"}'), ok: 200 },
  'a form of a video': {
    path: '/v1/videos',
    headers: FORM,
    bytesOf: (prompt) => formOf({ model: { bytes: Buffer.from('video-test') }, prompt: { bytes: prompt } }),
    ok: 200,
  },
  'a campaign': { path: '/v1/campaigns', bytesOf: around(`{"items":[${LINE}]}`), ok: 202 },
  'a file of items': {
    path: '/v1/campaigns',
    headers: FORM,
    bytesOf: (prompt) =>
      formOf({ campaign: { bytes: Buffer.from('{"start":false}') }, items: { bytes: around(`${LINE}\n`)(prompt), file: true } }),
    ok: 202,
  },
  'a field of items': {
    path: '/v1/campaigns',
    headers: FORM,
    bytesOf: (prompt) => formOf({ items: { bytes: around(`${LINE}\r\n`)(prompt) }, campaign: { bytes: Buffer.from('{}') } }),
    ok: 202,
  },
  'the campaign of a form': {
    path: '/v1/campaigns',
    headers: FORM,
    bytesOf: (prompt) =>
      formOf({
        campaign: { bytes: around('{"start":false,"name":"PROMPT"}')(prompt), file: true },
        items: { bytes: Buffer.from(JSON.stringify(ITEM)) },
      }),
    ok: 202,
  },
};
const entrances = Object.entries(ENTRANCES);

async function counts(): Promise<readonly unknown[]> {
  const [tasks, campaigns] = await Promise.all([api.call('GET', '/v1/tasks?limit=1'), api.call('GET', '/v1/campaigns?limit=1')]);
  return [tasks.body.first_id, campaigns.body.first_id, api.lane.runs.length, api.started.length];
}

const WRONG: readonly (readonly [what: string, bytes: Buffer, at: number])[] = [
  ['Latin-1', latin1('M\xfctze'), 1],
  ['Windows-1252 quotes', latin1('\x93hat\x94'), 0],
  ['a byte that never is', latin1('ok \xff'), 3],
  ['an overlong slash', latin1('a\xc0\xaf'), 1],
  ['a surrogate', latin1('ab\xed\xa0\x80'), 2],
  ['a character beyond Unicode', latin1('\xf4\x90\x80\x80'), 0],
  ['half a character', latin1('caf\xc3'), 3],
  ['GBK', latin1('\xb0\xa1'), 0],
];

describe.each(entrances)('%s', (_name, { path, headers, bytesOf, ok }) => {
  test.each(WRONG)('that holds %s is a 400 that names the encoding and the byte, and nothing is stored', async (_what, bytes, at) => {
    const before = await counts();
    const body = bytesOf(bytes);

    for (const piece of [body.length, 7, 1]) {
      const answer = await send(path, body, headers, piece);

      expect([answer.status, answer.body.error.message]).toEqual([400, expect.stringMatching(/is not valid UTF-8: .*byte \d+.*as UTF-8/)]);
      const place = Number(/byte (\d+)/.exec(answer.body.error.message)?.[1]);
      expect([at, at + body.indexOf(bytes), at + '{"start":false,"name":"'.length, at + LINE.indexOf('PROMPT')]).toContain(place);
    }
    expect(await counts()).toEqual(before);
  });

  test('in UTF-8 is understood wherever its characters are cut, compressed or not', async () => {
    const body = bytesOf(Buffer.from(PROMPT));
    const ways: readonly (readonly [Buffer, Readonly<Record<string, string>>])[] = [
      [body, {}],
      [gzipSync(body), { 'content-encoding': 'gzip' }],
      [gzipSync(body), { 'content-encoding': 'X-GZIP' }],
      [deflateSync(body), { 'content-encoding': 'deflate' }],
      [brotliCompressSync(body), { 'content-encoding': 'br' }],
      [body, { 'content-encoding': 'identity' }],
    ];

    for (const [bytes, more] of ways) expect((await send(path, bytes, { ...headers, ...more }, 3)).status).toBe(ok);
    const [{ id }] = (await api.call('GET', '/v1/tasks?limit=1')).body.data;
    const task = (await api.call('GET', `/v1/tasks/${id}`)).body;
    if (!path.endsWith('campaigns')) expect(JSON.stringify(task.input)).toContain(PROMPT);
  });

  test('that is no gzip, or only half of it, is a 400, and an unknown coding is a 415 that names it', async () => {
    const whole = gzipSync(bytesOf(Buffer.from(PROMPT)));
    const before = await counts();

    for (const bytes of [bytesOf(Buffer.from('x')), whole.subarray(0, whole.length - 12), whole.subarray(0, 5)]) {
      const answer = await send(path, bytes, { ...headers, 'content-encoding': 'gzip' });
      expect([answer.status, answer.body.error.message]).toEqual([400, expect.stringContaining('not valid gzip')]);
    }
    for (const coding of ['zstd', 'gzip, br', 'aes128gcm']) {
      const answer = await send(path, whole, { ...headers, 'content-encoding': coding });
      expect([answer.status, answer.body.error.code]).toEqual([415, 'unsupported_media_type']);
      expect(answer.body.error.message).toContain(`"${coding}"`);
    }
    expect(await counts()).toEqual(before);
  });
});

test.each(entrances.filter(([, { headers }]) => headers === undefined))(
  'a byte order mark before %s is skipped, and UTF-16 is a 415 that names it',
  async (_name, { path, bytesOf, ok }) => {
    const body = bytesOf(Buffer.from(PROMPT));

    expect((await send(path, Buffer.concat([Buffer.from('\uFEFF'), body]), {}, 2)).status).toBe(ok);
    for (const [bytes, name] of [
      [utf16(body.toString(), 'le'), 'utf-16le'],
      [utf16(body.toString(), 'be'), 'utf-16be'],
      [utf16(body.toString(), 'le').subarray(2), 'utf-16le'],
      [utf16(body.toString(), 'be').subarray(2), 'utf-16be'],
    ] as const) {
      const answer = await send(path, bytes, {}, 1);
      expect([answer.status, answer.body.error.code]).toEqual([415, 'unsupported_media_type']);
      expect(answer.body.error.message).toContain(name);
    }
  },
);

test.each(['le', 'be'] as const)('a file of items in UTF-16%s is read by its byte order mark', async (order) => {
  const lines = [`{"key":"${PROMPT}","type":"image"}`, '', '{"key":"\u0a0a\u0d0a","type":"image"}'].join('\r\n');
  const campaign = Buffer.from('{"start":false,"defaults":{"model":"image-test","input":{"prompt":"x"}}}');

  for (const piece of [1, 3, 1_000]) {
    const form = formOf({ campaign: { bytes: campaign }, items: { bytes: utf16(lines, order), file: true } });
    const answer = await send('/v1/campaigns', form, FORM, piece);

    expect(answer.status).toBe(202);
    const { body } = await api.call('GET', `/v1/campaigns/${answer.body.id}/items`);
    expect(body.data.map((item: { key: string }) => item.key)).toEqual([PROMPT, '\u0a0a\u0d0a']);
  }
});

test('a broken line of UTF-16 and of UTF-8 is named by line, item and byte', async () => {
  const campaign = { bytes: Buffer.from('{"start":false}') };
  const good = `${JSON.stringify(ITEM)}\n\n`;
  const lone = Buffer.concat([utf16(`${good}{"a":"`, 'le'), Buffer.from([0x00, 0xd8]), Buffer.from('"}', 'utf16le')]);
  const wide = await send('/v1/campaigns', formOf({ campaign, items: { bytes: lone, file: true } }), FORM);
  const narrow = await send('/v1/campaigns', formOf({ campaign, items: { bytes: latin1(`${good}{"a":"\xe9"}`), file: true } }), FORM);

  for (const [answer, name] of [
    [wide, 'UTF-16LE'],
    [narrow, 'UTF-8'],
  ] as const) {
    expect([answer.status, answer.body.error.code, answer.body.error.param]).toEqual([400, 'invalid_campaign_items', 'items']);
    expect(answer.body.error.message).toContain(`Line 3 of the items is not valid ${name}`);
    expect(answer.body.error.details).toEqual([{ index: 2, key: null, param: null, message: expect.stringContaining(name) }]);
  }
});

test.each(['utf-8', 'UTF8', '"utf-8"', 'us-ascii'])('JSON with charset=%s is read', async (charset) => {
  const answer = await api.call('POST', '/v1/embeddings', {
    body: { model: 'embed-test', input: 'x' },
    headers: { 'content-type': `application/json; charset=${charset}` },
  });

  expect(answer.status).toBe(200);
});

test.each(['iso-8859-1', 'latin1', 'windows-1252', 'utf-16', 'gbk', 'shift_jis', 'nonsense'])(
  'JSON with charset=%s is a 415 that names it',
  async (charset) => {
    for (const path of ['/v1/chat/completions', '/v1/campaigns', '/v1/tasks']) {
      const answer = await api.call('POST', path, { body: '{}', headers: { 'content-type': `application/json; charset=${charset}` } });

      expect([answer.status, answer.body.error.code]).toEqual([415, 'unsupported_media_type']);
      expect(answer.body.error.message).toContain(`"${charset}"`);
    }
  },
);

test.each([
  ['gzip', gzipSync(Buffer.alloc(64 * 1024 * 1024, 0x20))],
  ['br', brotliCompressSync(Buffer.alloc(64 * 1024 * 1024, 0x20))],
])('a bomb of %s is a 413, and memory stays bounded', async (coding, bomb) => {
  for (const path of ['/v1/chat/completions', '/v1/campaigns']) {
    const before = process.memoryUsage().rss;
    const answer = await send(path, bomb, { 'content-encoding': coding });

    expect([answer.status, answer.body.error.code]).toEqual([413, 'request_too_large']);
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * 1024 * 1024);
  }
});
