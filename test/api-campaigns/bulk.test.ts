import { request } from 'node:http';
import { KEYS, useApi } from '../api/support/api';
import { ITEM } from './support/campaigns';

const api = useApi();
const COUNT = 10_000;
const MIB = 1024 * 1024;
/** Ends an upload that hangs. How long one takes is the machine's: what is promised is that others are served meanwhile, memory, and all items. */
const HANGS_AFTER_MS = 600_000;

interface Sent {
  readonly status: number;
  readonly body: any;
  readonly seconds: number;
  /** How far the resident memory rose above what it was, in MiB. */
  readonly grownMiB: number;
}

/** Sends a body piece by piece, without ever holding it, and watches the memory of this process: the api is in it. */
async function send(type: string, pieces: Iterable<string>): Promise<Sent> {
  globalThis.gc?.();
  const beforeBytes = process.memoryUsage().rss;
  let mostBytes = beforeBytes;
  const watch = setInterval(() => (mostBytes = Math.max(mostBytes, process.memoryUsage().rss)), 20);
  const startedMs = performance.now();
  const headers = { authorization: `Bearer ${KEYS.site}`, 'content-type': type };
  try {
    const answer = await new Promise<{ status: number; text: string }>((resolve, reject) => {
      const outgoing = request(`${api.origin}/v1/campaigns`, { method: 'POST', headers }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      });
      outgoing.on('error', reject);
      void (async () => {
        for (const piece of pieces) {
          if (!outgoing.write(piece)) await new Promise((drained) => outgoing.once('drain', drained));
        }
        outgoing.end();
      })();
    });
    return {
      status: answer.status,
      body: JSON.parse(answer.text),
      seconds: (performance.now() - startedMs) / 1_000,
      grownMiB: (mostBytes - beforeBytes) / MIB,
    };
  } finally {
    clearInterval(watch);
  }
}

/** An item with a prompt of that many characters. */
function item(index: number, characters: number): string {
  return JSON.stringify({ key: `sku-${index}`, input: { prompt: `${index} `.padEnd(characters, 'a red fox ') } });
}

const CAMPAIGN = JSON.stringify({ defaults: { type: ITEM.type, model: ITEM.model } });

function* form(count: number, characters: number): Generator<string> {
  yield `--b\r\nContent-Disposition: form-data; name="campaign"\r\n\r\n${CAMPAIGN}\r\n`;
  yield '--b\r\nContent-Disposition: form-data; name="items"; filename="items.jsonl"\r\nContent-Type: application/x-ndjson\r\n\r\n';
  for (let index = 1; index <= count; index += 1) yield `${item(index, characters)}\n`;
  yield '\r\n--b--\r\n';
}

function* json(count: number, characters: number): Generator<string> {
  yield `{"defaults":{"type":"${ITEM.type}","model":"${ITEM.model}"},"items":[`;
  for (let index = 1; index <= count; index += 1) yield `${index === 1 ? '' : ','}${item(index, characters)}`;
  yield ']}';
}

/** Small requests one after the other; how many were answered. */
async function serveUntil(signal: AbortSignal): Promise<number> {
  for (let served = 0; ; served += 1) {
    if (signal.aborted) return served;
    await api.call('GET', '/v1/models');
  }
}

/** Sends so many items while others ask. */
async function sendAmongOthers(count: number): Promise<Sent & { readonly served: number }> {
  const upload = new AbortController();
  const served = serveUntil(upload.signal);
  const sent = await send('multipart/form-data; boundary=b', form(count, 200)).finally(() => upload.abort());
  return { ...sent, served: await served };
}

test(
  'ten thousand items take ten times as long as a thousand, and others are served meanwhile',
  async () => {
    const few = await sendAmongOthers(COUNT / 10);
    const sent = await sendAmongOthers(COUNT);

    expect([sent.status, sent.body.counts?.total, sent.body.cost?.estimated]).toEqual([202, COUNT, '200']);
    // Work that grew with the square of the items would take a hundred times as long.
    expect(sent.seconds).toBeLessThan(few.seconds * 40);
    // One after the other, on a machine that does much else: an upload that took the process for itself would let a handful through.
    expect(sent.served).toBeGreaterThan(20);
    const last = await api.call('GET', `/v1/campaigns/${sent.body.id}/items?limit=1&after=sku-${COUNT - 1}`);
    expect(last.body.data).toMatchObject([{ key: `sku-${COUNT}`, index: COUNT }]);
  },
  HANGS_AFTER_MS,
);

test.each([
  ['a form', 'multipart/form-data; boundary=b', form],
  ['JSON', 'application/json', json],
])(
  '64 MiB in %s are taken without being held in memory',
  async (_what, type, pieces) => {
    const sent = await send(type, pieces(COUNT, 6_700));

    expect([sent.status, sent.body.counts?.total]).toEqual([202, COUNT]);
    expect(sent.grownMiB).toBeLessThan(240);
  },
  HANGS_AFTER_MS,
);

test('a body above the limits is refused, and the answer is read', async () => {
  const tooLong = await send('application/json', json(1, 40 * MIB));

  expect([tooLong.status, tooLong.body.error.code]).toEqual([413, 'request_too_large']);
});
