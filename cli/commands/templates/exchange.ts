import type { Command } from 'commander';
import { parse } from 'yaml';
import { usageFailure } from '../../failure';
import type { ApiClient } from '../../http/client';
import { asList, asObject, type JsonObject } from '../../json-value';
import { namedBy, nameOf, templatePath } from '../../templates/values';
import { readTextFile, writeTextFile } from '../../text-file';
import { define, type CommandHost } from '../define';

const KINDS = 'A template is a .json or .yaml file with name, type, inputs, model, prompt and so on; - reads standard input.';

/** `atelier templates create|import|export` */
export function addExchange(templates: Command, host: CommandHost): void {
  define<{ readonly publish?: boolean }>(templates, host, {
    usage: 'create <file>',
    summary: 'create a template of a .json or .yaml file, as a draft',
    examples: ['templates create product-shot.yaml', 'templates create product-shot.json --publish'],
    options: (command) => {
      command.option('--publish', 'publish it at once');
    },
    async run({ args, flags, output, connect, show }) {
      const { client } = connect('team');
      const made = await call(client, { method: 'POST', path: '/v1/templates', body: await readDocument(args[0] ?? '') });
      for (const warning of asList(made['warnings'])) output.note(String(warning));
      const template =
        flags.publish === true
          ? await call(client, { method: 'POST', path: templatePath({ name: nameOf(made), version: null }, '/publish') })
          : made;
      show(template, () => madeText(template));
      return 0;
    },
  });
  define(templates, host, {
    usage: 'import <file>',
    summary: 'make a template of YAML, or the next version of the one that has its name',
    examples: ['templates import product-shot.yaml'],
    async run({ args, output, connect, show }) {
      const text = await readTextFile(args[0] ?? '', `The template ${args[0] ?? ''}`, KINDS);
      const response = await connect('team').client.open({
        method: 'POST',
        path: '/v1/templates/import',
        raw: { text, contentType: 'application/yaml' },
      });
      const template = asObject(await response.json()) ?? {};
      for (const warning of asList(template['warnings'])) output.note(String(warning));
      show(template, () => madeText(template));
      return 0;
    },
  });
  define<{ readonly out?: string }>(templates, host, {
    usage: 'export <name[@version]>',
    summary: 'print a template as YAML, which `templates import` reads',
    examples: ['templates export product-shot > product-shot.yaml', 'templates export product-shot@1 --out first.yaml'],
    options: (command) => {
      command.option('--out <file>', 'write it to this file');
    },
    async run({ args, flags, output, isJson, connect }) {
      const named = namedBy(args[0]);
      const query = { version: named.version?.toString() };
      const response = await connect('team').client.open({ path: templatePath(named, '/export'), query });
      const text = await response.text();
      if (flags.out !== undefined) {
        await writeTextFile(flags.out, text);
        output.note(`Saved ${flags.out}`);
      }
      if (isJson) output.json({ name: named.name, yaml: text, ...(flags.out === undefined ? {} : { file: flags.out }) });
      else if (flags.out === undefined) output.line(text.trimEnd());
      return 0;
    },
  });
}

async function call(client: ApiClient, request: Parameters<ApiClient['call']>[0]): Promise<JsonObject> {
  return asObject(await client.call(request)) ?? {};
}

/** YAML is JSON too. */
async function readDocument(path: string): Promise<JsonObject> {
  const text = await readTextFile(path, `The template ${path}`, KINDS);
  let document: unknown;
  try {
    document = parse(text, { maxAliasCount: 0 });
  } catch (error) {
    throw usageFailure(
      `The template ${path} is neither JSON nor YAML: ${error instanceof Error ? (error.message.split('\n')[0] ?? '') : ''}`,
      KINDS,
    );
  }
  const object = asObject(document);
  if (object === null) throw usageFailure(`The template ${path} is no object.`, KINDS);
  return object;
}

function madeText(template: JsonObject): string {
  const { state, version } = template;
  return `${nameOf(template)}@${String(version)} ${String(state)}`;
}
