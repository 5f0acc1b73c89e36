import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** How a server on the other side looks to its clients: as it is, taking all and answering nothing, or gone. */
export type GateState = 'open' | 'silent' | 'refusing';

/** A port in front of a server, by which a test takes the server away and gives it back. */
export interface Gate {
  readonly port: number;
  become(state: GateState): Promise<void>;
  close(): Promise<void>;
}

/** @param target - `host:port` */
export async function startGate(target: string): Promise<Gate> {
  const [host = '127.0.0.1', port = ''] = target.split(':');
  const sockets = new Set<Socket>();
  let state: GateState = 'open';
  let server: Server;
  let ownPort = 0;

  function join(client: Socket): void {
    const upstream = connect(Number(port), host);
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from);
      from.on('data', (chunk) => {
        if (state === 'open' && !to.destroyed) to.write(chunk);
      });
      from.on('error', () => from.destroy());
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
    }
  }

  async function listen(): Promise<void> {
    server = createServer(join);
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(ownPort, '127.0.0.1', resolve));
    ownPort = (server.address() as AddressInfo).port;
  }

  async function shut(): Promise<void> {
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of sockets) socket.destroy();
    await closed;
  }

  await listen();
  return {
    port: ownPort,
    async become(next) {
      const before = state;
      state = next;
      if (before === next) return;
      // Connections on which something was swallowed are of no use any more.
      if (next !== 'silent' && before !== 'refusing') await shut();
      if (next === 'open' || before === 'refusing') await listen();
    },
    close: shut,
  };
}
