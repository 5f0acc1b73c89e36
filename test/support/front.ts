import { Agent, createServer, request as callUpstream, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One port in front of several api processes, as a load balancer is. */
export interface Front {
  readonly port: number;
  close(): Promise<void>;
}

const LOOK_EVERY_MS = 200;
const LOOK_WITHIN_MS = 2_500;
/** Between two connections these mean nothing to the other one. */
const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'proxy-connection', 'te', 'upgrade', 'expect']);

/**
 * Starts it on a free port of loopback. Each request goes to the next process whose `/readyz` said 200 at the last look, to any when
 * none did. What was refused before a byte was sent goes to another process; nothing else is ever sent twice.
 */
export async function startFront(targets: readonly number[]): Promise<Front> {
  const agent = new Agent({ keepAlive: true });
  const isReady = new Map(targets.map((target) => [target, false]));
  let turn = 0;

  async function look(target: number): Promise<void> {
    const answer = await fetch(`http://127.0.0.1:${target}/readyz`, { signal: AbortSignal.timeout(LOOK_WITHIN_MS) }).catch(() => null);
    await answer?.arrayBuffer().catch(() => undefined);
    isReady.set(target, answer?.status === 200);
  }

  /** In the order in which they are to be tried. */
  function candidates(): number[] {
    turn += 1;
    const rotated = targets.map((_target, index) => targets[(turn + index) % targets.length]!);
    return [...rotated.filter((target) => isReady.get(target) === true), ...rotated.filter((target) => isReady.get(target) !== true)];
  }

  function forward(request: IncomingMessage, response: ServerResponse, [target, ...others]: number[]): void {
    if (target === undefined) {
      response.writeHead(503, { 'content-type': 'text/plain' }).end('No api process takes connections.');
      return;
    }
    let isSent = false;
    const headers = withoutHops(request.rawHeaders);
    const upstream = callUpstream({ host: '127.0.0.1', port: target, method: request.method, path: request.url, headers, agent });
    const send = (): void => {
      isSent = true;
      request.pipe(upstream);
    };
    upstream.once('socket', (socket) => (socket.connecting ? socket.once('connect', send) : send()));
    upstream.once('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.statusMessage, withoutHops(answer.rawHeaders, 'transfer-encoding'));
      response.flushHeaders();
      answer.on('error', () => response.destroy());
      answer.once('close', () => {
        if (!answer.complete) response.destroy();
      });
      answer.pipe(response);
    });
    upstream.on('error', () => {
      if (!isSent) {
        isReady.set(target, false);
        forward(request, response, others);
      } else if (!response.headersSent && !response.destroyed) {
        response.writeHead(502, { 'content-type': 'text/plain' }).end('The api process broke the connection.');
      }
    });
    // The rest of what was answered early is read all the same: a closed connection would hide the answer from its sender.
    upstream.once('close', () => {
      if (isSent) request.unpipe(upstream).resume();
    });
    response.once('close', () => {
      if (!response.writableFinished) upstream.destroy();
    });
  }

  await Promise.all(targets.map(look));
  const busy = new Set<number>();
  const timers = targets.map((target) =>
    setInterval(() => {
      if (busy.has(target)) return;
      busy.add(target);
      void look(target).finally(() => busy.delete(target));
    }, LOOK_EVERY_MS),
  );
  const server = createServer((request, response) => {
    forward(request, response, candidates());
  });
  // A client that reads an answer before it has sent everything may go on sending.
  server.requestTimeout = 0;
  await listen(server);
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      for (const timer of timers) clearInterval(timer);
      agent.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Header lines as they came, names and values in turn, without those that end here. */
function withoutHops(raw: readonly string[], ...more: readonly string[]): string[] {
  return raw.filter((_word, index) => {
    const name = raw[index - (index % 2)]!.toLowerCase();
    return !HOP_BY_HOP.has(name) && !more.includes(name);
  });
}

function listen(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
}
