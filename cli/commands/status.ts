import { setTimeout as pause } from 'node:timers/promises';
import type { Command } from 'commander';
import { isWell, readState, stateDocument } from '../status/state';
import { stateText } from '../status/text';
import { define, type CommandHost } from './define';

interface StatusFlags {
  readonly watch?: true;
}

const EVERY_MS = 2_000;
/** To the corner, and nothing below. */
const CLEAR = '\u001b[H\u001b[J';

/** `atelier status` */
export function addStatus(program: Command, host: CommandHost): void {
  define<StatusFlags>(program, host, {
    usage: 'status',
    summary:
      'how the installation is: parts, backlog, breakers, spending, incidents (needs the admin key); exit code 1 if something is down',
    examples: ['status', 'status --watch', 'status --json'],
    options: (command) => void command.option('--watch', 'look again every 2 s until Ctrl-C; with --json a line each'),
    async run({ flags, isJson, output, deps, connect, show }) {
      const { client, installation } = connect('admin');
      if (flags.watch !== true) {
        const state = await readState(client);
        show(stateDocument(state), () => stateText(state, installation.baseUrl));
        return isWell(state) ? 0 : 1;
      }
      const signal = deps.interruption();
      for (;;) {
        const state = await readState(client);
        if (isJson) output.jsonLine(stateDocument(state));
        else output.line(`${output.screen.isTTY === true ? CLEAR : ''}${stateText(state, installation.baseUrl)}\n`);
        const goesOn = await pause(EVERY_MS, true, { signal }).catch(() => false);
        if (!goesOn) return isWell(state) ? 0 : 1;
      }
    },
  });
}
