import { once } from 'node:events';
import { createServer, get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Response } from 'express';
import { sendZip, type ZipEntry } from '../../api/http/send-zip';
import { silent } from '../support/silent-logger';

setFlagsFromString('--expose_gc');
const collectGarbage = runInNewContext('gc') as () => void;

const FILES = 400;
/** Some are still in the collector's hands, or on their way: those of the last files. */
const MOST_ALIVE = 20;

/** Sends the entries over HTTP; answers what a client that reads all of it gets. */
async function sent(entries: AsyncIterable<ZipEntry>): Promise<Buffer> {
  const server = createServer((_request, response) => {
    void sendZip({ logger: silent }, response as unknown as Response, entries, new Date('2026-11-29T00:00:00Z'));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const [answer] = (await once(get({ port: (server.address() as AddressInfo).port, agent: false }), 'response')) as [IncomingMessage];
    const parts: Buffer[] = [];
    for await (const part of answer) parts.push(part as Buffer);
    return Buffer.concat(parts);
  } finally {
    server.close();
  }
}

it.each([false, true])(
  'a ZIP lets go of each file once it is through, so that memory does not grow with their number (text: %s)',
  async (isText) => {
    const bodies: WeakRef<Readable>[] = [];
    let alive = 0;
    async function* entries(): AsyncGenerator<ZipEntry> {
      for (let n = 1; n <= FILES; n += 1) {
        yield {
          name: `${String(n)}.png`,
          isText,
          open: () => {
            const body = Readable.from([Buffer.alloc(1_000, n)], { objectMode: false });
            bodies.push(new WeakRef(body));
            return Promise.resolve(body);
          },
        };
      }
      // What a reference was made to in a turn of the loop lives until its end.
      await turn();
      collectGarbage();
      alive = bodies.filter((body) => body.deref() !== undefined).length;
    }
    const zip = await sent(entries());
    // The end of the central directory: so many files.
    expect(zip.readUInt16LE(zip.length - 12)).toBe(FILES);
    expect(alive).toBeLessThanOrEqual(MOST_ALIVE);
  },
);

it('a client that leaves ends the file that is on its way, and no other is opened', async () => {
  const opened: Readable[] = [];
  async function* entries(): AsyncGenerator<ZipEntry> {
    for (;;) {
      yield {
        name: `${String(opened.length)}.bin`,
        isText: false,
        // Without an end.
        open: () => {
          const body = new Readable({
            read() {
              this.push(Buffer.alloc(65_536));
            },
          });
          opened.push(body);
          return Promise.resolve(body);
        },
      };
    }
  }
  let ended: Promise<void> | undefined;
  const server = createServer((_request, response) => {
    ended = sendZip({ logger: silent }, response as unknown as Response, entries(), new Date());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const request = get({ port: (server.address() as AddressInfo).port, agent: false });
  const [answer] = (await once(request, 'response')) as [IncomingMessage];
  await once(answer, 'data');
  request.destroy();
  await ended;
  server.close();
  expect(opened.map((body) => body.destroyed)).toEqual([true]);
});
