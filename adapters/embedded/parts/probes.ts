import { connect } from 'node:net';
import { type IncomingHttpHeaders, connect as connectHttp2, constants } from 'node:http2';

const PATIENCE_MS = 2_000;

/** True when something accepts connections on the port of loopback. */
export function portIsServed(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    const say = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(PATIENCE_MS, () => {
      say(false);
    });
    socket.once('connect', () => {
      say(true);
    });
    socket.once('error', () => {
      say(false);
    });
  });
}

/** The status of an HTTP answer; null when there is none. */
export async function httpStatus(url: string, options: RequestInit = {}, patienceMs = PATIENCE_MS): Promise<number | null> {
  try {
    const response = await fetch(url, { ...options, signal: AbortSignal.timeout(patienceMs) });
    await response.arrayBuffer();
    return response.status;
  } catch {
    return null;
  }
}

/**
 * True when a Temporal frontend on the port knows the namespace: one hand-made gRPC call (`DescribeNamespace`, whose request is the
 * name as field 1), which spares the supervisor a client library.
 */
export function temporalKnowsNamespace(port: number, namespace: string): Promise<boolean> {
  const name = Buffer.from(namespace);
  const message = Buffer.concat([Buffer.from([0x0a, name.length]), name]);
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(message.length, 1);
  return new Promise((resolve) => {
    const session = connectHttp2(`http://127.0.0.1:${port}`);
    const say = (answer: boolean) => {
      session.destroy();
      resolve(answer);
    };
    session.setTimeout(PATIENCE_MS, () => {
      say(false);
    });
    session.on('error', () => {
      say(false);
    });
    const request = session.request({
      [constants.HTTP2_HEADER_METHOD]: 'POST',
      [constants.HTTP2_HEADER_PATH]: '/temporal.api.workflowservice.v1.WorkflowService/DescribeNamespace',
      [constants.HTTP2_HEADER_CONTENT_TYPE]: 'application/grpc',
      te: 'trailers',
    });
    request.on('error', () => {
      say(false);
    });
    request.on('response', (headers) => {
      if (headers['grpc-status'] !== undefined && headers['grpc-status'] !== '0') say(false);
    });
    request.on('trailers', (trailers: IncomingHttpHeaders) => {
      say(trailers['grpc-status'] === '0');
    });
    request.on('close', () => {
      say(false);
    });
    request.resume();
    request.end(Buffer.concat([prefix, message]));
  });
}
