import type { Command } from 'commander';
import { campaignPath, type CampaignObject } from '../../campaigns/campaign-object';
import { campaignText } from '../../campaigns/campaign-text';
import { define, type CommandHost } from '../define';

/** `atelier campaigns get` */
export function addGet(campaigns: Command, host: CommandHost): void {
  define(campaigns, host, {
    usage: 'get <campaign>',
    summary: 'show a campaign: status, counts, cost, and what to do if it is paused',
    examples: ['campaigns get camp_0190…', 'campaigns get camp_0190… --json'],
    async run({ args, connect, show }) {
      const campaign = (await connect('team').client.call({ path: campaignPath(args[0] ?? '') })) as CampaignObject;
      show(campaign, () => campaignText(campaign));
      return 0;
    },
  });
}
