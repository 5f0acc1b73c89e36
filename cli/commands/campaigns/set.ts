import type { Command } from 'commander';
import { campaignPath, type CampaignObject } from '../../campaigns/campaign-object';
import { usageFailure } from '../../failure';
import { usd, wholeNumber } from '../../flag-values';
import { define, type CommandHost } from '../define';
import { stateText } from './verbs';

interface SetFlags {
  readonly budget?: string;
  readonly concurrency?: number;
  readonly name?: string;
}

/** `atelier campaigns set` */
export function addSet(campaigns: Command, host: CommandHost): void {
  define<SetFlags>(campaigns, host, {
    usage: 'set <campaign>',
    summary: 'change budget, concurrency or name, even while it runs; after a budget increase it continues by itself',
    examples: [
      'campaigns set camp_0190… --budget 50',
      'campaigns set camp_0190… --concurrency 20',
      'campaigns set camp_0190… --budget none',
    ],
    options(command) {
      command
        .option('--budget <usd>', 'maximum total cost; none removes the limit', (text) => (text === 'none' ? text : usd(text)))
        .option('--concurrency <count>', 'maximum items running at once, 1 to 500', wholeNumber)
        .option('--name <name>', 'display name');
    },
    async run({ args, flags, connect, show }) {
      const { budget, concurrency, name } = flags;
      if (budget === undefined && concurrency === undefined && name === undefined) {
        throw usageFailure('Nothing to change.', 'Give --budget, --concurrency or --name.');
      }
      const body = {
        ...(budget === undefined ? {} : { budget: budget === 'none' ? null : { max_cost_usd: budget } }),
        ...(concurrency === undefined ? {} : { concurrency }),
        ...(name === undefined ? {} : { name }),
      };
      const { client } = connect('team');
      const campaign = (await client.call({ method: 'PATCH', path: campaignPath(args[0] ?? ''), body, repeats: 2 })) as CampaignObject;
      show(campaign, () => stateText(campaign));
      return 0;
    },
  });
}
