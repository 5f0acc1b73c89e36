import { createServer } from 'node:net';
import { StartFailure } from '../failure';
import type { Home } from '../home';
import { choosePorts, isPortFree } from '../ports';

/** The api's port: the one asked for, or a free one remembered in the home. @throws StartFailure when it cannot be had */
export async function apiPort(home: Home, host: string, wanted: number): Promise<number> {
  if (wanted === 0) return (await choosePorts(home, ['api']))['api'] ?? 0;
  const problem = await listenProblem(host, wanted);
  if (problem === null) return wanted;
  if (problem === 'EADDRINUSE') {
    const free = await nextFree(host, wanted);
    throw new StartFailure(
      `Port ${wanted} on ${host} is in use by another program. Stop it, or set PORT to a free port, e.g. PORT=${free}.`,
    );
  }
  if (problem === 'EACCES') throw new StartFailure(`Port ${wanted} requires more rights than this user has. Set PORT to one above 1023.`);
  throw new StartFailure(
    `Cannot listen on HOST ${host}, port ${wanted} (${problem}). Set HOST to an address of this machine, e.g. 127.0.0.1.`,
  );
}

function listenProblem(host: string, port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(null)));
  });
}

async function nextFree(host: string, taken: number): Promise<number> {
  for (let port = taken + 1; port < taken + 100 && port <= 65_535; port += 1) if (await isPortFree(port, host)) return port;
  return 0;
}
