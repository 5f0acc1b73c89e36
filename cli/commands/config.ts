import type { Command } from 'commander';
import type { ApplyReport, ConfigFault } from '../../domain/config/document';
import type { Environment } from '../deps';
import { CliFailure, usageFailure } from '../failure';
import { readTextFile, writeTextFile } from '../text-file';
import { define, type Call, type CommandHost } from './define';

/** `atelier config ...` */
export function addConfig(program: Command, host: CommandHost): void {
  const config = program.command('config').description('the configuration file: providers, models, teams');
  define(config, host, {
    usage: 'check [file]',
    summary: 'report every fault of a configuration; needs no running installation and changes nothing',
    examples: ['config check atelier.yaml', 'config check --json   # the file of ATELIER_CONFIG'],
    isRemote: false,
    async run(call) {
      const { path, yaml } = await readConfig(call);
      const faults = await call.deps.checkConfig(yaml, call.deps.environment);
      call.show({ ok: faults.length === 0, faults }, () => (faults.length === 0 ? `✓ ${path} is valid.` : faultLines(path, faults)));
      return faults.length === 0 ? 0 : 1;
    },
  });
  define(config, host, {
    usage: 'apply [file]',
    summary: 'update the running installation to match a configuration; what the file no longer lists is disabled',
    examples: ['config apply atelier.yaml', 'config apply atelier.yaml --json'],
    async run(call) {
      const { path, yaml } = await readConfig(call);
      const { environment, checkConfig } = call.deps;
      const { client } = call.connect('admin');
      const faults = await checkConfig(yaml, environment);
      if (faults.length > 0) {
        throw new CliFailure(faultLines(path, faults), { code: 'invalid_value', details: faults, advice: ['Nothing was changed.'] });
      }
      const body = { yaml, env: referencedValues(yaml, environment) };
      const report = (await client.call({ method: 'POST', path: '/admin/v1/config/apply', body, repeats: 2 })) as ApplyReport;
      call.show(report, () => reportText(path, report));
      return 0;
    },
  });
  define<{ readonly out?: string }>(config, host, {
    usage: 'export',
    summary: 'print what the running installation has as a configuration file; secrets are references or left out',
    examples: ['config export > atelier.yaml', 'config export --out atelier.yaml'],
    options: (command) => {
      command.option('--out <file>', 'write it to this file');
    },
    async run({ flags: { out }, output, isJson, connect }) {
      const { client } = connect('admin');
      const exported = (await client.call({ method: 'GET', path: '/admin/v1/config/export' })) as Exported;
      if (out !== undefined) {
        await writeTextFile(out, exported.yaml);
        output.note(exportText(out, exported));
      }
      if (isJson) output.json(out === undefined ? exported : { file: out, variables: exported.variables });
      else if (out === undefined) output.line(exported.yaml.trimEnd());
      return 0;
    },
  });
}

interface Exported {
  readonly yaml: string;
  readonly variables: readonly string[];
}

function exportText(path: string, { variables }: Exported): string {
  const needs =
    variables.length === 0 ? '' : `\nIt names these variables in place of secrets:\n${variables.map((name) => `  ${name}`).join('\n')}`;
  return `Saved ${path}${needs}`;
}

async function readConfig({ args, deps }: Call<object>): Promise<{ readonly path: string; readonly yaml: string }> {
  const path = args[0] ?? deps.environment['ATELIER_CONFIG'] ?? '';
  if (path === '') throw usageFailure('No configuration file given.', 'Use atelier config check FILE, or set ATELIER_CONFIG.');
  const yaml = await readTextFile(path, `The configuration file ${path}`, 'Give a YAML file; docs/configuration.md describes it.');
  return { path, yaml };
}

/** The values of the variables that the file names, and no others: the rest of the environment is nobody's business. */
function referencedValues(yaml: string, environment: Environment): Record<string, string> {
  const names = [...yaml.matchAll(/\$\{([A-Za-z_]\w*)\}/g)].map((match) => match[1] ?? '');
  return Object.fromEntries(names.flatMap((name) => (environment[name] === undefined ? [] : [[name, environment[name]]])));
}

function faultLines(path: string, faults: readonly ConfigFault[]): string {
  const count = faults.length === 1 ? 'one fault' : `${faults.length} faults`;
  return [`${path} has ${count}:`, ...faults.map((fault) => `  ${fault.path === '' ? '(file)' : fault.path}: ${fault.message}`)].join('\n');
}

function reportText(path: string, { created, updated, disabled, unchanged }: ApplyReport): string {
  const lines = [
    ...created.map((name) => `  + ${name}`),
    ...updated.map((name) => `  ~ ${name}`),
    ...disabled.map((name) => `  - ${name} (disabled)`),
  ];
  return [
    `✓ ${path} applied: ${created.length} created, ${updated.length} updated, ${disabled.length} disabled, ${unchanged.length} unchanged.`,
    ...lines,
  ].join('\n');
}
