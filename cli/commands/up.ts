import type { Command } from 'commander';
import { define, type CommandHost } from './define';

interface UpFlags {
  readonly servicesOnly?: boolean;
  readonly lab?: boolean;
}

/** `atelier up`, which `npm start` runs. */
export function addUp(program: Command, host: CommandHost): void {
  define<UpFlags>(program, host, {
    usage: 'up',
    summary: 'start everything and stay in the foreground; Ctrl-C stops what was started',
    examples: ['up', 'up --lab', 'up --services-only', 'up --json'],
    options: (command) => {
      command.option('--services-only', 'start only Postgres, S3 and Temporal, and print how to reach them');
      command.option('--lab', 'also start the lab: simulated servers of every vendor, with models to try (docs/lab.md)');
    },
    isRemote: false,
    async run({ flags: { servicesOnly = false, lab = false }, isJson, output, deps }) {
      const isForPrograms = isJson || servicesOnly;
      await deps.up({
        servicesOnly,
        lab,
        say: isForPrograms ? output.note : output.line,
        print: (document) => {
          if (isForPrograms) output.jsonLine(document);
        },
      });
      return 0;
    },
  });
}
