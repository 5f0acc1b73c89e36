import { Command } from 'commander';
import { StartFailure, runUp } from '../adapters/embedded';

interface UpFlags {
  readonly servicesOnly?: boolean;
  readonly json?: boolean;
}

const program = new Command('atelier').description('Generations of text, image and video as durable workflows.');

program
  .command('up')
  .description('start everything and stay in the foreground')
  .option('--services-only', 'start only Postgres, S3 and Temporal, and print how to reach them')
  .option('--json', 'print one JSON document on stdout; progress goes to stderr')
  .action(async ({ servicesOnly = false, json = false }: UpFlags) => {
    process.title = 'atelier up';
    for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
    const machine = json || servicesOnly;
    const progress = machine ? process.stderr : process.stdout;
    await runUp({
      environment: process.env,
      servicesOnly,
      say: (line) => progress.write(`${line}\n`),
      print: (document) => {
        if (machine) process.stdout.write(`${JSON.stringify(document)}\n`);
      },
    });
  });

program.parseAsync(process.argv).then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${error instanceof StartFailure ? `✗ ${error.message}` : String(error)}\n`);
    process.exit(1);
  },
);
