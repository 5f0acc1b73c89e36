import { setTimeout as sleep } from 'node:timers/promises';
import type { RemovalHold } from '../../../domain/backup/ports';
import { connect } from './client';

/** A backup whose process died holds nothing up for longer. */
const HELD = `interval '10 minutes'`;
const PUT_OFF_EVERY_MS = 60_000;
/** A removal that was decided just before the hold has been carried out by now. */
const SETTLES_MS = 1_000;

const BEGIN = `insert into backups (id, held_until) values ($1, now() + ${HELD})`;
const PUT_OFF = `update backups set held_until = now() + ${HELD} where id = $1`;
const END = 'update backups set ended_at = now() where id = $1';

/** Says that a backup is being made, over a connection of its own. */
export async function holdRemovals(url: string, backupId: string): Promise<RemovalHold> {
  const run = async (text: string): Promise<void> => {
    const client = await connect(url, 'atelier backup (hold)');
    try {
      await client.query(text, [backupId]);
    } finally {
      await client.end();
    }
  };
  await run(BEGIN);
  // One that fails is made up for by the next: the hold lasts for ten of them.
  const timer = setInterval(() => void run(PUT_OFF).catch(() => undefined), PUT_OFF_EVERY_MS);
  timer.unref();
  await sleep(SETTLES_MS);
  return {
    async release() {
      clearInterval(timer);
      await run(END);
    },
  };
}
