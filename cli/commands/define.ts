import type { Command } from 'commander';
import type { CliDeps } from '../deps';
import { createApiClient, type ApiClient } from '../http/client';
import { findInstallation, type Audience, type Installation, type InstallationFlags } from '../installation';
import type { Output } from '../output';
import type { Page } from '../pages';

/** 0 only when everything that was asked for succeeded. */
export type ExitCode = 0 | 1;

/** What every command gets: the deps, and where its exit code goes. */
export interface CommandHost {
  readonly deps: CliDeps;
  readonly finish: (code: ExitCode) => void;
}

/** One call of a command. */
export interface Call<Flags> {
  /** Arguments in order; a repeatable one as several. */
  readonly args: readonly string[];
  readonly flags: Flags & InstallationFlags;
  /** Print one JSON document instead of text. */
  readonly isJson: boolean;
  readonly output: Output;
  readonly deps: CliDeps;
  /** @throws CliFailure when no installation is named */
  readonly connect: (audience: Audience) => { readonly client: ApiClient; readonly installation: Installation };
  /** The result: the document for programs, or the text for people. */
  readonly show: (document: unknown, text: () => string) => void;
  /** As `show`, for a page of a list: what people read where it is empty, and how to go on where it is not the last. */
  readonly showPage: <Thing>(page: Page<Thing>, none: string, text: (things: readonly Thing[]) => string) => void;
}

export interface CommandSpec<Flags> {
  /** Name and arguments: `get <task...>`. */
  readonly usage: string;
  readonly summary: string;
  /** Command lines, without `atelier`. */
  readonly examples: readonly string[];
  /** Adds options. */
  readonly options?: (command: Command) => void;
  /** False for commands that speak to no installation. */
  readonly isRemote?: boolean;
  readonly run: (call: Call<Flags>) => Promise<ExitCode>;
}

/** Adds a command with what all commands have: `--json`, the options that name an installation, and examples. @returns it, for commands below it */
export function define<Flags extends object>(parent: Command, host: CommandHost, spec: CommandSpec<Flags>): Command {
  const command = parent.command(spec.usage).description(spec.summary);
  spec.options?.(command);
  command.option('--json', 'print one JSON document on stdout; everything else goes to stderr');
  if (spec.isRemote !== false) {
    command
      .option(
        '--base-url <url>',
        'the installation, such as http://127.0.0.1:4000/v1 (else ATELIER_BASE_URL, else the one in ATELIER_HOME)',
      )
      .option('--key <key>', 'the API key (else ATELIER_KEY, else a key of ATELIER_HOME)')
      .option('--credential <name>', 'use this key from ATELIER_HOME: production, test, script or personal');
  }
  command.addHelpText('after', `\nExamples:\n${spec.examples.map((line) => `  $ atelier ${line}`).join('\n')}`);
  command.action(async () => {
    const { deps, finish } = host;
    const flags = command.opts<Flags & InstallationFlags & { readonly json?: boolean }>();
    const isJson = flags.json === true;
    const show: Call<Flags>['show'] = (document, text) => {
      if (isJson) deps.output.json(document);
      else deps.output.line(text());
    };
    finish(
      await spec.run({
        args: command.processedArgs.flat().filter((argument): argument is string => typeof argument === 'string'),
        flags,
        isJson,
        output: deps.output,
        deps,
        connect(audience) {
          const installation = findInstallation(flags, deps.environment, audience);
          return { installation, client: createApiClient({ ...installation, fetch: deps.fetch }) };
        },
        show,
        showPage(page, none, text) {
          show(page, () => (page.data.length === 0 ? none : text(page.data)));
          if (!isJson && page.has_more) deps.output.note(`There are more: --after ${page.last_id ?? ''}`);
        },
      }),
    );
  });
  return command;
}
