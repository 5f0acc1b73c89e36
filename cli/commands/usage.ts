import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Option, type Command } from 'commander';
import { USAGE_DIMENSIONS, USAGE_INTERVALS } from '../../domain/records/usage';
import { usageFailure } from '../failure';
import { asObject } from '../json-value';
import { usageText } from '../usage/text';
import { define, type CommandHost } from './define';
import { addReconcile } from './reconcile';

interface UsageFlags {
  readonly by?: string;
  readonly interval: string;
  readonly from?: string;
  readonly to?: string;
  readonly timeZone?: string;
  readonly team?: string;
  readonly allTeams?: true;
  readonly csv?: string;
}

/** `atelier usage` */
export function addUsage(program: Command, host: CommandHost): void {
  const usage = define<UsageFlags>(program, host, {
    usage: 'usage',
    summary: 'what the team used and what it cost, with a forecast to the end of the month',
    examples: [
      'usage',
      'usage --by project,model --interval day --from 2026-11-01 --to 2026-12-01',
      'usage --all-teams --by team,model --csv november.csv',
    ],
    options: (command) => {
      command
        .enablePositionalOptions()
        .option('--by <names>', `a row for each: ${USAGE_DIMENSIONS.join(', ')}; several with commas between them`)
        .addOption(new Option('--interval <length>', 'a row for each of them').choices(USAGE_INTERVALS).default('none'))
        .option('--from <time>', 'a day or a time, such as 2026-11-01 (default: when the month began)')
        .option('--to <time>', 'before this day or time (default: now)')
        .option('--time-zone <name>', "such as Europe/Berlin (default: the team's)")
        .addOption(new Option('--team <team>', 'of this team (needs the admin key)').conflicts('allTeams'))
        .option('--all-teams', 'of all teams (needs the admin key)')
        .option('--csv <file>', 'save the rows as a table, with the margin; "-" prints it');
    },
    async run({ flags, connect, show, output }) {
      const { by, interval, from, to, timeZone, team, allTeams, csv } = flags;
      const isOfTeams = team !== undefined || allTeams === true;
      const { client } = connect(isOfTeams ? 'admin' : 'team');
      const path = isOfTeams ? '/admin/v1/usage' : '/v1/usage';
      const query = { from, to, interval, group_by: by, time_zone: timeZone, team };
      if (csv === undefined) {
        const answer = asObject(await client.call({ path, query })) ?? {};
        show(answer, () => usageText(answer, interval, by?.split(',') ?? []));
        return 0;
      }
      const response = await client.open({ path, query: { ...query, format: 'csv' } });
      if (csv === '-') {
        output.line((await response.text()).trimEnd());
        return 0;
      }
      await save(response, csv);
      show({ file: csv }, () => `✓ ${csv} saved.`);
      return 0;
    },
  });
  addReconcile(usage, host);
}

async function save({ body }: Response, file: string): Promise<void> {
  if (body === null) return;
  await pipeline(Readable.fromWeb(body), createWriteStream(file)).catch((error: unknown) => {
    throw usageFailure(`${file} cannot be written (${(error as NodeJS.ErrnoException).code ?? 'unwritable'}).`);
  });
}
