import { spawn } from 'node:child_process';
import type { Environment } from '../environment';
import { StartFailure } from '../failure';

const SHOWN_LINES = 40;

/** Runs the program that migrates the database and applies the configuration. @throws StartFailure with what it said last */
export async function runPreparation(program: string, environment: Environment, signal: AbortSignal): Promise<void> {
  const child = spawn(process.execPath, [program, 'up'], { env: { ...environment }, stdio: ['ignore', 'pipe', 'pipe'], signal });
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (text: string) => {
      said.push(text);
    });
  }
  const how = await new Promise<string | null>((resolve) => {
    child.once('close', (code, ended) => resolve(code === 0 ? null : (ended ?? `code ${code ?? '?'}`)));
    child.once('error', (error) => resolve(error.message));
  });
  if (how === null) return;
  const lines = said.join('').trimEnd().split('\n').slice(-SHOWN_LINES).join('\n');
  throw new StartFailure(`The database could not be prepared or the configuration not applied (${how}):\n${lines}`);
}
