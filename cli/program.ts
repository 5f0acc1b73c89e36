import { Command, CommanderError } from 'commander';
import { addAudit } from './commands/audit';
import { addBackup } from './commands/backup';
import { addAlertCommands } from './commands/alerts';
import { addBatches } from './commands/batches';
import { addCallbacks } from './commands/callbacks';
import { addAssets } from './commands/assets';
import { addRetention } from './commands/retention';
import { addSchedules } from './commands/schedules';
import { addCampaigns } from './commands/campaigns';
import { addConfig } from './commands/config';
import type { CommandHost, ExitCode } from './commands/define';
import { addDoctor } from './commands/doctor';
import { addIncidentCommands } from './commands/incidents';
import { addKeys } from './commands/keys';
import { addLedger } from './commands/ledger';
import { addMigrate } from './commands/migrate';
import { addModels } from './commands/models';
import { addProviders } from './commands/providers';
import { addLogs } from './commands/logs';
import { addLookup } from './commands/lookup';
import { addRuns } from './commands/runs';
import { addStatus } from './commands/status';
import { addTasks } from './commands/tasks';
import { addTemplates } from './commands/templates';
import { addSecrets } from './commands/secrets';
import { addTeams } from './commands/teams';
import { addMembers } from './commands/members';
import { addProjects } from './commands/projects';
import { addUsers } from './commands/users';
import { addUsage } from './commands/usage';
import { addUp } from './commands/up';
import { addWebhooks } from './commands/webhooks';
import type { CliDeps } from './deps';
import { failureDocument, failureText, toFailure, usageFailure } from './failure';

/** The groups of commands, in the order of the help: a new group is a file in commands/ and a name here. */
const GROUPS = [
  addUp,
  addDoctor,
  addStatus,
  addTasks,
  addCampaigns,
  addTemplates,
  addBatches,
  addAssets,
  addRuns,
  addLookup,
  addLogs,
  addSchedules,
  addCallbacks,
  addWebhooks,
  addModels,
  addProviders,
  addKeys,
  addTeams,
  addProjects,
  addMembers,
  addUsers,
  addAlertCommands,
  addIncidentCommands,
  addConfig,
  addLedger,
  addAudit,
  addBackup,
  addMigrate,
  addSecrets,
  addRetention,
  addUsage,
];

/** Builds the command line on its parts. */
function createProgram(host: CommandHost): Command {
  const { output, version } = host.deps;
  const program = new Command('atelier')
    .description('Durable text, image and video generations.')
    .version(version, '--version', 'print the version')
    .exitOverride()
    // A command that has commands below it leaves them their options.
    .enablePositionalOptions()
    .showHelpAfterError('(see --help)')
    .configureOutput({
      writeOut: (text) => output.line(text.trimEnd()),
      writeErr: (text) => output.note(text.trimEnd()),
    })
    .addHelpText(
      'after',
      [
        '',
        'Examples:',
        '  $ atelier up',
        '  $ atelier tasks submit --model sandbox-image --prompt "A loaf of bread" --watch',
        '  $ atelier doctor --base-url http://127.0.0.1:4000/v1 --key KEY',
        '',
        'The installation is taken from --base-url and --key, else from ATELIER_BASE_URL and ATELIER_KEY, else from ATELIER_HOME (default .atelier).',
      ].join('\n'),
    );
  for (const add of GROUPS) add(program, host);
  return program;
}

/** Runs one command line (without node and script). @returns the exit code; never throws */
export async function runCli(argv: readonly string[], deps: CliDeps): Promise<number> {
  let code: ExitCode = 0;
  try {
    await createProgram({ deps, finish: (result) => (code = result) }).parseAsync([...argv], { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    // Commander has told people already.
    const failure = error instanceof CommanderError ? usageFailure(error.message.replace(/^error: /, '')) : toFailure(error);
    if (!(error instanceof CommanderError)) deps.output.note(failureText(failure));
    if (argv.includes('--json')) deps.output.json(failureDocument(failure));
    return failure.facts.exitCode ?? 1;
  }
}
