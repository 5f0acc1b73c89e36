import { createServer } from 'node:net';
import { join } from 'node:path';
import type { Home } from './home';
import { readJson, writeJson } from './json-file';

/** Ports by the name of what listens there. */
export type Ports = Readonly<Record<string, number>>;

/** True when nothing listens there and we may. */
export function isPortFree(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => {
      resolve(false);
    });
    server.listen({ port, host, exclusive: true }, () =>
      server.close(() => {
        resolve(true);
      }),
    );
  });
}

/** Gives each name a free port: the one remembered in the home when it is still free, else a new one, remembered for next time. */
export async function choosePorts(home: Home, names: readonly string[]): Promise<Ports> {
  const file = join(home.root, 'ports.json');
  const remembered = (readJson(file) as Record<string, number> | undefined) ?? {};
  const chosen: Record<string, number> = {};
  const taken = new Set<number>();
  for (const name of names) {
    const before = remembered[name];
    const keep = before !== undefined && !taken.has(before) && (await isPortFree(before));
    const port = keep ? before : await freePort(taken);
    taken.add(port);
    chosen[name] = port;
  }
  writeJson(file, { ...remembered, ...chosen });
  return chosen;
}

/** A free port outside the system's ephemeral range, so that an outgoing connection does not take it between two starts. */
async function freePort(taken: ReadonlySet<number>): Promise<number> {
  for (let tries = 0; tries < 200; tries += 1) {
    const port = 10_000 + Math.floor(Math.random() * 20_000);
    if (!taken.has(port) && (await isPortFree(port))) return port;
  }
  throw new Error('No free TCP port was found between 10000 and 30000 on 127.0.0.1.');
}
