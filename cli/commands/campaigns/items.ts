import { Option, type Command } from 'commander';
import { campaignPath, type ItemObject } from '../../campaigns/campaign-object';
import { readPages } from '../../pages';
import { wholeNumber } from '../../flag-values';
import { table } from '../../table';
import { define, type CommandHost } from '../define';

interface ItemsFlags {
  readonly status?: string;
  readonly limit: number;
  readonly after?: string;
}

/** `atelier campaigns items` */
export function addItems(campaigns: Command, host: CommandHost): void {
  define<ItemsFlags>(campaigns, host, {
    usage: 'items <campaign>',
    summary: 'list its items in order: status, task, error, outputs',
    examples: ['campaigns items camp_0190… --status failed', 'campaigns items camp_0190… --limit 10000 --json'],
    options(command) {
      command
        .addOption(
          new Option('--status <status>', 'only those with this status').choices(['queued', 'running', 'succeeded', 'failed', 'cancelled']),
        )
        .option('--limit <count>', 'maximum number of results', wholeNumber, 100)
        .option('--after <key>', 'continue after the item with this key');
    },
    async run({ args, flags, isJson, output, connect, show }) {
      const query = { status: flags.status, after: flags.after };
      const list = { path: campaignPath(args[0] ?? '', '/items'), query, cursorOf: (item: ItemObject) => item.key };
      const page = await readPages<ItemObject>(connect('team').client, list, flags.limit);
      show(page, () => (page.data.length === 0 ? 'No such items.' : tableOf(page.data)));
      if (!isJson && page.has_more) output.note(`There are more: --after ${JSON.stringify(page.last_id ?? '')}`);
      return 0;
    },
  });
}

function tableOf(items: readonly ItemObject[]): string {
  return table(
    ['#', 'KEY', 'STATUS', 'TASK', 'OUTPUTS', 'ERROR'],
    items.map(({ index, key, status, task_id: task, outputs, error }) => [
      String(index),
      key,
      status,
      task ?? '',
      outputs.length === 0 ? '' : String(outputs.length),
      error === null ? '' : `${error.code}: ${error.message}`,
    ]),
  );
}
