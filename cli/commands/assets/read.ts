import { Option, type Command } from 'commander';
import { wholeNumber } from '../../flag-values';
import { readPages } from '../../pages';
import { define, type CommandHost } from '../define';
import { assetPath, assetTable, sizeText, type AssetObject } from './asset';

interface ListFlags {
  readonly kind?: string;
  readonly q?: string;
  readonly tag?: string;
  readonly favourite?: true;
  readonly template?: string;
  readonly campaignId?: string;
  readonly taskId?: string;
  readonly createdAfter?: string;
  readonly createdBefore?: string;
  readonly limit: number;
  readonly after?: string;
}

interface Lineage {
  readonly parents: readonly { readonly asset: AssetObject; readonly depth: number }[];
  readonly children: readonly { readonly asset: AssetObject; readonly depth: number }[];
}

/** `atelier assets list` */
export function addList(assets: Command, host: CommandHost): void {
  define<ListFlags>(assets, host, {
    usage: 'list',
    summary: "the team's files, newest first",
    examples: ['assets list --kind video', 'assets list --q marmalade --tag hero,spring --favourite --json'],
    options(command) {
      command
        .addOption(new Option('--kind <kind>', 'only files of this kind').choices(['image', 'video', 'audio', 'other']))
        .option('--q <text>', 'with these words in the name, the tags or the prompt')
        .option('--tag <tags>', 'with all of these tags, with commas between them')
        .option('--favourite', 'only favourites')
        .option('--template <name>', 'only what this template made: NAME or NAME@VERSION')
        .option('--campaign-id <id>', 'only what this campaign made')
        .option('--task-id <id>', 'only what this task made')
        .option('--created-after <time>', 'only files made after this time, such as 2026-11-24T12:00:00Z')
        .option('--created-before <time>', 'only files made before this time')
        .option('--limit <count>', 'maximum number of results', wholeNumber, 20)
        .option('--after <asset>', 'continue after this file (the last one of the previous page)');
    },
    async run({ flags, connect, showPage }) {
      const { kind, q, tag, template, after } = flags;
      const query = {
        ...{ kind, q, tag, template, after },
        favourite: flags.favourite === true ? 'true' : undefined,
        campaign_id: flags.campaignId,
        task_id: flags.taskId,
        created_after: flags.createdAfter,
        created_before: flags.createdBefore,
      };
      const list = { path: '/v1/assets', query, cursorOf: ({ id }: AssetObject) => id };
      showPage(await readPages<AssetObject>(connect('team').client, list, flags.limit), 'No files.', assetTable);
      return 0;
    },
  });
}

/** `atelier assets show` */
export function addShow(assets: Command, host: CommandHost): void {
  define(assets, host, {
    usage: 'show <asset>',
    summary: 'show a file, what it was made of and what was made of it',
    examples: ['assets show asset_0190…', 'assets show asset_0190… --json'],
    async run({ args, connect, show }) {
      const { client } = connect('team');
      const asset = (await client.call({ path: assetPath(args[0]) })) as AssetObject;
      const lineage = (await client.call({ path: assetPath(args[0], '/lineage') })) as Lineage;
      show({ ...asset, lineage }, () => textOf(asset, lineage));
      return 0;
    },
  });
}

function textOf(asset: AssetObject, { parents, children }: Lineage): string {
  const facts: readonly (readonly [string, string])[] = [
    ['Id', asset.id],
    ['Name', asset.name ?? '–'],
    ['Type', [asset.content_type, sizeText(asset), `${String(asset.bytes)} bytes`].filter((part) => part !== '').join(', ')],
    ['Tags', asset.tags.length === 0 ? '–' : asset.tags.join(', ')],
    ['Favourite', asset.favourite ? 'yes' : 'no'],
    ['Task', asset.task_id ?? '– (uploaded)'],
    ['Created', asset.created_at],
    ['SHA-256', asset.sha256],
  ];
  const kin = (title: string, side: Lineage['parents']): readonly string[] =>
    side.length === 0
      ? []
      : ['', title, ...side.map(({ asset: one, depth }) => `${'  '.repeat(depth)}${one.id}  ${one.kind}  ${one.name ?? ''}`.trimEnd())];
  return [...facts.map(([name, value]) => `${name.padEnd(10)} ${value}`), ...kin('Made of', parents), ...kin('Made into', children)].join(
    '\n',
  );
}
