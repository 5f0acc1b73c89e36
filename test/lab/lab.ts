import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import busboy from 'busboy';
import { readFile } from './files';
import { armedFault, faultIn, misbehave, type Fault } from './faults';
import type { LabAnswer, LabForm, LabRequest, LabVendor } from './vendor';
import { send } from './send';

/**
 * A lab: servers on loopback that speak the vendors' wire formats, each at the root of its own port, so that adapters and the vendors' own
 * SDKs reach them by a base URL alone. They are simulated: nothing they make comes from a model. They are strict: a request that the vendor
 * would refuse is refused.
 */
export interface Lab {
  /** Where a vendor's server is, by its kind: `http://127.0.0.1:40123`. Without a trailing slash. */
  url(kind: string): string;
  /** What came to a vendor's server, oldest first; at most the last 1,000. */
  requests(kind: string): readonly LabRequest[];
  /** Those of them that made something that costs money, whatever their sender heard of it. */
  carriedOut(kind: string): readonly LabRequest[];
  /** The next calls of a vendor's server that make something fail in this way. */
  arm(kind: string, fault: Fault, times?: number): void;
  /** Forgets requests and armed faults. */
  reset(): void;
  close(): Promise<void>;
}

const MAX_BODY_BYTES = 64 * 1024 * 1024;
const KEPT = 1_000;

/**
 * Starts a server for each vendor on loopback.
 * @param ports - by kind; a free one where there is none
 */
export async function startLab(vendors: readonly LabVendor[], ports: Readonly<Record<string, number>> = {}): Promise<Lab> {
  const running = new Map<string, Running>();
  const armed = new Map<string, Fault[]>();
  for (const vendor of vendors) {
    const requests: LabRequest[] = [];
    const carriedOut: LabRequest[] = [];
    const server = createServer((incoming, response) => {
      const url = `http://${incoming.headers.host ?? '127.0.0.1'}`;
      void readRequest(incoming, url)
        .then((request) => serve(vendor, request, response, { requests, carriedOut }))
        .catch((error: unknown) => {
          send(response, { status: 500, json: { lab: `The lab itself failed: ${String(error)}` } });
        });
    });
    server.listen(ports[vendor.kind] ?? 0, '127.0.0.1');
    await once(server, 'listening');
    running.set(vendor.kind, { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests, carriedOut });
  }

  async function serve(vendor: LabVendor, request: LabRequest, response: ServerResponse, kept: Kept): Promise<void> {
    keep(kept.requests, request);
    const file = request.method === 'GET' ? readFile(request.path) : undefined;
    const [route, params] = routeOf(vendor, request);
    if (file !== undefined || route === undefined) {
      send(response, file ?? vendor.unknown(request));
      return;
    }
    const fault = route.isPaid === true ? (faultIn(request) ?? armedFault(armed, vendor.kind)) : null;
    const answer = async (): Promise<LabAnswer> => {
      const given = await route.handle({ ...request, params, fault });
      if (route.isPaid === true && (given.status ?? 200) < 400) keep(kept.carriedOut, request);
      return given;
    };
    if (fault === null || vendor.ownFaults?.includes(fault) === true) send(response, await answer());
    else await misbehave(fault, { vendor, response, answer });
  }

  const of = (kind: string) => {
    const found = running.get(kind);
    if (found === undefined)
      throw new RangeError(`The lab has no vendor ${JSON.stringify(kind)}; it has ${[...running.keys()].join(', ')}.`);
    return found;
  };
  return {
    url: (kind) => of(kind).url,
    requests: (kind) => of(kind).requests,
    carriedOut: (kind) => of(kind).carriedOut,
    arm(kind, fault, times = 1) {
      of(kind);
      armed.set(kind, [...(armed.get(kind) ?? []), ...Array<Fault>(times).fill(fault)]);
    },
    reset() {
      armed.clear();
      for (const { requests, carriedOut } of running.values()) requests.length = carriedOut.length = 0;
    },
    async close() {
      await Promise.all(
        [...running.values()].map(({ server }) => {
          server.closeAllConnections();
          return new Promise((resolve) => server.close(resolve));
        }),
      );
    },
  };
}

interface Kept {
  readonly requests: LabRequest[];
  readonly carriedOut: LabRequest[];
}

interface Running extends Kept {
  readonly server: Server;
  readonly url: string;
}

function keep(list: LabRequest[], request: LabRequest): void {
  list.push(request);
  if (list.length > KEPT) list.shift();
}

async function readRequest(incoming: IncomingMessage, origin: string): Promise<LabRequest> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) throw new RangeError('The lab takes bodies of at most 64 MiB.');
    chunks.push(chunk);
  }
  const url = new URL(incoming.url ?? '/', origin);
  const body = Buffer.concat(chunks);
  const contentType = incoming.headers['content-type'] ?? '';
  return {
    method: incoming.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    headers: incoming.headers,
    origin,
    body,
    json: () => JSON.parse(body.toString('utf8')) as Record<string, unknown>,
    form: () => readForm(body, contentType),
    params: {},
    fault: null,
  };
}

async function readForm(body: Buffer, contentType: string): Promise<LabForm> {
  const fields: Record<string, string[]> = {};
  const files: { field: string; filename: string; contentType: string; bytes: Buffer }[] = [];
  const parser = busboy({ headers: { 'content-type': contentType } });
  parser.on('field', (name, value) => (fields[name] ??= []).push(value));
  parser.on('file', (field, stream, { filename, mimeType }) => {
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('end', () => files.push({ field, filename: filename ?? '', contentType: mimeType, bytes: Buffer.concat(chunks) }));
  });
  await new Promise((resolve, reject) => {
    parser.on('close', resolve).on('error', reject);
    Readable.from([body]).pipe(parser);
  });
  return { fields, files };
}

function routeOf(
  vendor: LabVendor,
  request: LabRequest,
): readonly [LabVendor['routes'][number] | undefined, Readonly<Record<string, string>>] {
  for (const route of vendor.routes) {
    const match = route.method === request.method ? pattern(route.path).exec(request.path) : null;
    if (match !== null) {
      const params = Object.entries(match.groups ?? {}).map(([name, value]) => [name, decodeURIComponent(value)]);
      return [route, Object.fromEntries(params) as Record<string, string>];
    }
  }
  return [undefined, {}];
}

/** `/v1/tasks/:id` and `/fal/*app/requests/:id`: a name after `:` is one segment, after `*` any number of them. */
function pattern(path: string): RegExp {
  const escaped = path.replace(/[.+?^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(`^${escaped.replace(/:(\w+)/g, '(?<$1>[^/]+?)').replace(/\*(\w+)/g, '(?<$1>.+?)')}$`);
}
