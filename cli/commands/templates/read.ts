import { Option, type Command } from 'commander';
import { readAll } from '../../pages';
import type { JsonObject } from '../../json-value';
import { asText } from '../../json-value';
import { namedBy, readTemplate } from '../../templates/values';
import { templateTable, templateText } from '../../templates/text';
import { define, type CommandHost } from '../define';

interface ListFlags {
  readonly type?: string;
  readonly tag?: string;
  readonly state?: string;
  readonly q?: string;
}

/** `atelier templates list|show` */
export function addRead(templates: Command, host: CommandHost): void {
  define<ListFlags>(templates, host, {
    usage: 'list',
    summary: "list the team's templates and those that other teams share",
    examples: ['templates list', 'templates list --type image --tag shop', 'templates list --q poster --json'],
    options(command) {
      command
        .addOption(new Option('--type <type>', 'what they make').choices(['text', 'image', 'video']))
        .option('--tag <tag>', 'with this tag')
        .addOption(new Option('--state <state>', 'in this state').choices(['draft', 'published', 'archived']))
        .option('--q <text>', 'part of the name, the description or a tag');
    },
    async run({ flags, connect, show }) {
      const { type, tag, state, q } = flags;
      const list = { path: '/v1/templates', query: { type, tag, state, q }, cursorOf: (one: JsonObject) => asText(one['id']) ?? '' };
      const page = await readAll<JsonObject>(connect('team').client, list);
      show(page, () => templateTable(page.data));
      return 0;
    },
  });
  define(templates, host, {
    usage: 'show <name[@version]>',
    summary: 'show a template with its inputs: the newest version, or another one',
    examples: ['templates show product-shot', 'templates show product-shot@1 --json'],
    async run({ args, connect, show }) {
      const template = await readTemplate(connect('team').client, namedBy(args[0]));
      show(template, () => templateText(template));
      return 0;
    },
  });
}
