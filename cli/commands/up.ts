import type { Command } from 'commander';
import { define, type CommandHost } from './define';

interface UpFlags {
  readonly servicesOnly?: boolean;
}

/** `atelier up`, which `npm start` runs. */
export function addUp(program: Command, host: CommandHost): void {
  define<UpFlags>(program, host, {
    usage: 'up',
    summary: 'start everything and stay in the foreground; Ctrl-C stops what was started',
    examples: ['up', 'up --services-only', 'up --json'],
    options: (command) => {
      command.option('--services-only', 'start only Postgres, S3 and Temporal, and print how to reach them');
    },
    isRemote: false,
    async run({ flags: { servicesOnly = false }, isJson, output, deps }) {
      const isForPrograms = isJson || servicesOnly;
      await deps.up({
        servicesOnly,
        say: isForPrograms ? output.note : output.line,
        print: (document) => {
          if (isForPrograms) output.jsonLine(document);
        },
      });
      return 0;
    },
  });
}
