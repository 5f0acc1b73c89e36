import type { Command } from 'commander';
import { saveResults, type Results, type Tally } from '../../campaigns/results';
import { failureDocument, failureText } from '../../failure';
import { wholeNumber } from '../../flag-values';
import type { Sink } from '../../output';
import { define, type CommandHost } from '../define';

interface ResultsFlags {
  readonly out: string;
  readonly parallel: number;
}

/** Failures told in full; of the others, how many. */
const MOST_TOLD = 5;

/** `atelier campaigns results` */
export function addResults(campaigns: Command, host: CommandHost): void {
  define<ResultsFlags>(campaigns, host, {
    usage: 'results <campaign>',
    summary: 'save the results so far, with a manifest as JSONL and CSV; run again to fetch only what is missing',
    examples: ['campaigns results camp_0190… --out spring', 'campaigns results camp_0190… --out spring --parallel 16 --json'],
    options(command) {
      command
        .requiredOption('--out <dir>', 'target folder: <dir>/manifest.jsonl, <dir>/manifest.csv and <dir>/files')
        .option('--parallel <count>', 'files at once', wholeNumber, 6);
    },
    async run({ args, flags, isJson, output, deps, connect, show }) {
      const { client } = connect('team');
      const progress = createTallyLine(output.screen);
      const results = await saveResults(args[0] ?? '', {
        client,
        folder: flags.out,
        signal: deps.interruption(),
        parallel: Math.min(64, Math.max(1, flags.parallel)),
        onFile: (tally) => progress.show(tally),
      });
      progress.end();
      show(documentOf(flags.out, results), () => summaryOf(flags.out, results));
      if (!isJson) {
        for (const failure of results.failures.slice(0, MOST_TOLD)) output.note(failureText(failure));
        if (results.failures.length > 0)
          output.note(`${results.failures.length} files are missing. Run the command again to fetch only those.`);
      }
      return results.failures.length === 0 ? 0 : 1;
    },
  });
}

function summaryOf(folder: string, { rows, tally }: Results): string {
  const made = rows.filter(({ status }) => status === 'succeeded').length;
  return `${folder}: ${tally.saved} files saved, ${tally.kept} were there, of ${made} finished items of ${rows.length}; manifest.jsonl, manifest.csv`;
}

function documentOf(folder: string, { rows, tally, failures }: Results): object {
  return { folder, ...tally, items: rows, failures: failures.map(failureDocument) };
}

/** The files so far: a line redrawn on a terminal, one a hundred files elsewhere. */
function createTallyLine(screen: Sink): { readonly show: (tally: Tally) => void; readonly end: () => void } {
  const isLive = screen.isTTY === true;
  let isDrawn = false;
  return {
    show({ saved, kept, failed }) {
      const text = `${saved} saved, ${kept} were there${failed === 0 ? '' : `, ${failed} failed`}`;
      isDrawn = isLive;
      if (isLive) screen.write(`\r\x1b[K${text}`);
      else if ((saved + kept + failed) % 100 === 0) screen.write(`${text}\n`);
    },
    end() {
      if (isDrawn) screen.write('\r\x1b[K');
    },
  };
}
