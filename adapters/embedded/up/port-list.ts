import { join } from 'node:path';
import type { Home } from '../home';
import { writeJson } from '../json-file';
import { createPortWatch } from './listening-ports';

const LOOK_EVERY_MS = 2_000;
/** Also where nothing seems to have changed: a process that was ending or starting while it was looked at may have been missed. */
const LOOK_THROUGH_EVERY_MS = 30_000;
/** A started process opens its ports some time after its start. */
const LOOK_AGAIN_AFTER_MS = [100, 400, 1_000];

/** The file that names every port of the installation, for whoever must not be led to them. */
export interface PortList {
  readonly file: string;
  /** Looks now, and again shortly after. */
  refresh(): void;
  /** Ports of the lab: what listens there stands for the outside, and its results are fetched from there. */
  leaveOut(ports: readonly number[]): void;
  close(): void;
}

/** Keeps the list: what the processes are seen to listen on, and in any case the ports that were assigned or given. */
export function keepPortList(home: Home, known: readonly number[]): PortList {
  const file = join(home.run, 'listening-ports.json');
  let written = '';
  let outside: readonly number[] = [];
  const portsNow = createPortWatch(process.pid);
  const look = (isAgain: boolean): void => {
    const all = new Set([...known, ...portsNow(isAgain)]);
    const ports = [...all].filter((port) => !outside.includes(port)).sort((one, other) => one - other);
    const text = JSON.stringify(ports);
    if (text === written) return;
    writeJson(file, ports);
    written = text;
  };
  look(true);
  const timer = setInterval(look, LOOK_EVERY_MS, false);
  timer.unref();
  const thorough = setInterval(look, LOOK_THROUGH_EVERY_MS, true);
  thorough.unref();
  return {
    file,
    refresh: () => {
      look(true);
      for (const wait of LOOK_AGAIN_AFTER_MS) setTimeout(look, wait, true).unref();
    },
    leaveOut: (ports) => {
      outside = ports;
      look(true);
    },
    close: () => {
      clearInterval(timer);
      clearInterval(thorough);
    },
  };
}
