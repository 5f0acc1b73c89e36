import type { Command } from 'commander';
import { campaignPath, type CampaignObject } from '../../campaigns/campaign-object';
import { createCampaignProgress } from '../../campaigns/progress';
import { reportCampaign, watchCampaign } from '../../campaigns/watch';
import { define, type CommandHost } from '../define';
import { stateText } from './verbs';

interface RetryFlags {
  readonly keys?: readonly string[];
  readonly watch?: boolean;
}

/** `atelier campaigns retry` */
export function addRetry(campaigns: Command, host: CommandHost): void {
  define<RetryFlags>(campaigns, host, {
    usage: 'retry <campaign>',
    summary: 'rerun failed items, or the failed and cancelled ones you name',
    examples: ['campaigns retry camp_0190… --watch', 'campaigns retry camp_0190… --keys sku-7 sku-9'],
    options(command) {
      command.option('--keys <key...>', 'only these items (default: all failed ones)').option('--watch', 'follow it to its end');
    },
    async run({ args, flags, isJson, output, deps, connect, show }) {
      const { client } = connect('team');
      const path = campaignPath(args[0] ?? '', '/retry');
      const campaign = (await client.call({ method: 'POST', path, body: { items: flags.keys ?? 'failed' } })) as CampaignObject;
      if (flags.watch !== true) {
        show(campaign, () => stateText(campaign));
        return 0;
      }
      const progress = createCampaignProgress(output.screen, () => performance.now());
      return reportCampaign(await watchCampaign(campaign.id, { client, progress, signal: deps.interruption() }), output, isJson);
    },
  });
}
