import { createServer, request as httpRequest, type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a proxy does wrong. What is left out it does right. */
export interface Faults {
  /** Answers by itself; false: passes on. */
  readonly answers?: (request: IncomingMessage, response: ServerResponse) => boolean;
  /** Headers as they reach Atelier. */
  readonly toAtelier?: (headers: OutgoingHttpHeaders) => OutgoingHttpHeaders;
  /** Headers as they reach the client. */
  readonly toClient?: (headers: OutgoingHttpHeaders, status: number) => OutgoingHttpHeaders;
  /** Changes a whole body; it is held back until its end. */
  readonly body?: (text: string, request: IncomingMessage) => string;
}

/** A reverse proxy in front of an installation, such as operators put there, with faults. */
export async function startFaultyProxy(target: string, faults: Faults): Promise<{ readonly origin: string; readonly stop: () => void }> {
  const server = createServer((request, response) => {
    if (faults.answers?.(request, response) === true) return;
    const headers = { ...request.headers, host: new URL(target).host };
    const onward = httpRequest(
      `${target}${request.url ?? ''}`,
      { method: request.method, headers: faults.toAtelier?.(headers) ?? headers },
      (answer) => {
        const status = answer.statusCode ?? 502;
        const back: OutgoingHttpHeaders = { ...answer.headers };
        const { body } = faults;
        if (body !== undefined) delete back['content-length'];
        response.writeHead(status, faults.toClient?.(back, status) ?? back);
        if (body === undefined) answer.pipe(response);
        else void text(answer).then((whole) => response.end(body(whole, request)));
      },
    );
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function text(stream: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}
