import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { statFields } from '../process/identify';

const LISTEN = '0A';

/**
 * Watches the TCP ports that a process or its descendants listen on. Empty where that cannot be seen (outside Linux). As long as the sockets of
 * the machine that listen are the same and not asked for `again`, so is the answer: looking through all processes takes a hundred times as long.
 */
export function createPortWatch(root: number): (isAgain: boolean) => readonly number[] {
  let seen = '';
  let ports: readonly number[] = [];
  return (isAgain) => {
    const listeners = listeningSockets();
    const sockets = [...listeners.keys()].sort().join(' ');
    if (isAgain || sockets !== seen) ports = portsOf(root, listeners);
    seen = sockets;
    return ports;
  };
}

function portsOf(root: number, listeners: ReadonlyMap<string, number>): readonly number[] {
  if (listeners.size === 0) return [];
  const ports = new Set<number>();
  for (const pid of familyOf(root)) {
    for (const inode of socketsOf(pid)) {
      const port = listeners.get(inode);
      if (port !== undefined) ports.add(port);
    }
  }
  return [...ports].sort((one, other) => one - other);
}

/** Port by socket inode, of all sockets of the machine that listen. */
function listeningSockets(): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    for (const line of linesOf(table).slice(1)) {
      const [, local, , state, , , , , , inode] = line.trim().split(/\s+/);
      const port = Number.parseInt(local?.split(':')[1] ?? '', 16);
      if (state === LISTEN && inode !== undefined && Number.isInteger(port)) found.set(inode, port);
    }
  }
  return found;
}

/** The process and all that descend from it. */
function familyOf(root: number): readonly number[] {
  const children = new Map<number, number[]>();
  for (const name of entriesOf('/proc')) {
    const pid = Number(name);
    const parent = Number.isInteger(pid) ? Number(statFields(pid)?.[1] ?? -1) : -1;
    if (parent >= 0) children.set(parent, [...(children.get(parent) ?? []), pid]);
  }
  const family = [root];
  for (const pid of family) family.push(...(children.get(pid) ?? []));
  return family;
}

function socketsOf(pid: number): readonly string[] {
  return entriesOf(`/proc/${pid}/fd`)
    .map((descriptor) => /^socket:\[(\d+)\]$/.exec(targetOf(`/proc/${pid}/fd/${descriptor}`))?.[1])
    .filter((inode) => inode !== undefined);
}

function targetOf(link: string): string {
  try {
    return readlinkSync(link);
  } catch {
    return '';
  }
}

function entriesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function linesOf(file: string): readonly string[] {
  try {
    return readFileSync(file, 'utf8').split('\n');
  } catch {
    return [];
  }
}
