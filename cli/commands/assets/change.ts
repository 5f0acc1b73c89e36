import { Option, type Command } from 'commander';
import { usageFailure } from '../../failure';
import { collect } from '../../flag-values';
import { define, type CommandHost } from '../define';
import { assetPath, assetTable, type AssetObject } from './asset';

interface TagFlags {
  readonly add?: readonly string[];
  readonly remove?: readonly string[];
  readonly name?: string;
  readonly favourite?: boolean;
}

/** `atelier assets tag` */
export function addTag(assets: Command, host: CommandHost): void {
  define<TagFlags>(assets, host, {
    usage: 'tag <asset>',
    summary: 'change the tags of a file, its name, or whether it is a favourite',
    examples: ['assets tag asset_0190… --add hero --remove draft', 'assets tag asset_0190… --name "Tin on oak" --favourite'],
    options(command) {
      command
        .option('--add <tag>', 'add a tag (repeatable)', collect)
        .option('--remove <tag>', 'take a tag away (repeatable)', collect)
        .option('--name <name>', 'its name')
        .option('--favourite', 'make it a favourite')
        .addOption(new Option('--no-favourite', 'make it none').default(undefined));
    },
    async run({ args, flags, connect, show }) {
      const { add = [], remove = [], name, favourite } = flags;
      if (add.length === 0 && remove.length === 0 && name === undefined && favourite === undefined) {
        throw usageFailure('Say what to change: --add, --remove, --name, --favourite or --no-favourite.', 'atelier assets tag --help');
      }
      const { client } = connect('team');
      const path = assetPath(args[0]);
      const { tags } = (await client.call({ path })) as AssetObject;
      const body = {
        ...(add.length === 0 && remove.length === 0
          ? {}
          : { tags: [...new Set([...tags.filter((tag) => !remove.includes(tag)), ...add])] }),
        ...(name === undefined ? {} : { name }),
        ...(favourite === undefined ? {} : { favourite }),
      };
      const asset = (await client.call({ method: 'PATCH', path, body, repeats: 2 })) as AssetObject;
      show(asset, () => assetTable([asset]));
      return 0;
    },
  });
}

/** `atelier assets delete` */
export function addDelete(assets: Command, host: CommandHost): void {
  define<{ readonly force?: true }>(assets, host, {
    usage: 'delete <asset>',
    summary: 'delete a file for good; what needs it is named',
    examples: ['assets delete asset_0190…', 'assets delete asset_0190… --force'],
    options(command) {
      command.option('--force', 'also when ended tasks used it, which can then not be replayed');
    },
    async run({ args, flags, connect, show }) {
      const query = { force: flags.force === true ? 'true' : undefined };
      const deleted = await connect('team').client.call({ method: 'DELETE', path: assetPath(args[0]), query });
      show(deleted, () => `✓ ${args[0] ?? ''} is deleted.`);
      return 0;
    },
  });
}
