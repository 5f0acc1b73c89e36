import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, openSync, closeSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { boundLogs, lastLogLine, logFileOf } from '../../adapters/embedded/process/logs';
import { eventually } from '../support/eventually';

const OVER_BYTES = 64 * 1024;
const folder = mkdtempSync(join(tmpdir(), 'atelier-logs-'));
let talker: ChildProcess | undefined;
let leave: () => void = () => undefined;

afterAll(() => {
  talker?.kill('SIGKILL');
  leave();
  rmSync(folder, { recursive: true });
});

/** Writes numbered lines of 100 bytes, as a process of the installation does: into a file that it was given open. */
const TALK = `let n = 0; setInterval(() => process.stdout.write(Array.from({ length: 200 }, () => String(n++).padStart(99, '0') + '\\n').join('')), 5)`;

test('logs stay within their bounds while they are written to, and the last lines are kept', async () => {
  const log = openSync(logFileOf(folder, 'talker'), 'a');
  talker = spawn(process.execPath, ['-e', TALK], { stdio: ['ignore', log, 'inherit'] });
  closeSync(log);
  leave = boundLogs(folder, { overBytes: OVER_BYTES, older: 2, lookEveryMs: 20 });

  const files = () => readdirSync(folder).toSorted();
  await eventually(() => files().length === 3, { withinMs: 10_000 });
  // The newest line, also in the moment after its file was moved away and before the next line came.
  let newest = 0;
  const written = () => (newest = Math.max(newest, Number(lastLogLine(folder, 'talker'))));
  const before = await eventually(written, { withinMs: 5_000 });
  // It goes on into the same file, many times over.
  await eventually(() => written() > before + 20_000, { withinMs: 20_000 });
  talker.kill('SIGKILL');
  await new Promise((resolve) => talker?.once('close', resolve));
  await eventually(() => statSync(logFileOf(folder, 'talker')).size <= OVER_BYTES, { withinMs: 5_000 });

  expect(files()).toEqual(['talker.log', 'talker.log.1', 'talker.log.2']);
  // What comes between two looks is on top.
  for (const name of files()) expect(statSync(join(folder, name)).size).toBeLessThan(OVER_BYTES * 40);
  const oldest = readFileSync(join(folder, 'talker.log.2'), 'utf8');
  expect(oldest).toMatch(/^0\d+\n/);
  expect(Number(oldest.slice(0, 99))).toBeLessThan(written());
});
