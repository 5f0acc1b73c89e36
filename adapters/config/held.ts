import { totalmem } from 'node:os';

export const MIB = 1024 * 1024;

/** What requests may make an api process hold at once, and how long one waits for room. */
export interface HeldLimits {
  readonly processBytes: number;
  readonly teamBytes: number;
  readonly patienceMs: number;
}

/** A body costs some four times its bytes while it is parsed, stored and sent: by default a sixteenth of the memory, and three quarters of it for one team. */
export function heldLimits(processMib: number | undefined, teamMib: number | undefined): HeldLimits {
  const constrainedBytes = process.constrainedMemory();
  const memoryBytes = constrainedBytes > 0 ? Math.min(totalmem(), constrainedBytes) : totalmem();
  const most = processMib ?? Math.min(256, Math.max(64, Math.floor(memoryBytes / 16 / MIB)));
  return Object.freeze({
    processBytes: most * MIB,
    teamBytes: Math.min(most, teamMib ?? Math.floor((most * 3) / 4)) * MIB,
    patienceMs: 5_000,
  });
}
