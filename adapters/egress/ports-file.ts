import { readFileSync } from 'node:fs';

const KEEP_MS = 1_000;

/**
 * The TCP ports that the installation listens on, from the file that the supervisor keeps up to date. Read again at most once a
 * second; an unreadable file leaves the ports read last.
 * @param path - JSON array of numbers; null: no port is known
 */
export function createForbiddenPorts(path: string | null): () => readonly number[] {
  let ports: readonly number[] = [];
  let readAtMs = Number.NEGATIVE_INFINITY;
  return () => {
    if (path === null || performance.now() - readAtMs < KEEP_MS) return ports;
    readAtMs = performance.now();
    try {
      const listed: unknown = JSON.parse(readFileSync(path, 'utf8'));
      if (Array.isArray(listed)) ports = listed.filter((port): port is number => typeof port === 'number');
    } catch {
      // Being written at this moment, or not there yet.
    }
    return ports;
  };
}
