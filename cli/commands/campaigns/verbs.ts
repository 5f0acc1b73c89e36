import type { Command } from 'commander';
import { campaignPath, type CampaignObject } from '../../campaigns/campaign-object';
import { campaignCostText, countsText } from '../../campaigns/campaign-text';
import { define, type CommandHost } from '../define';

const VERBS = [
  { name: 'start', summary: 'start a draft' },
  { name: 'pause', summary: 'start no further items; running ones continue' },
  { name: 'resume', summary: 'continue after a pause' },
  { name: 'cancel', summary: 'cancel running items and start no others' },
];

/** `atelier campaigns start|pause|resume|cancel` */
export function addVerbs(campaigns: Command, host: CommandHost): void {
  for (const { name, summary } of VERBS) {
    define(campaigns, host, {
      usage: `${name} <campaign>`,
      summary,
      examples: [`campaigns ${name} camp_0190…`],
      async run({ args, connect, show }) {
        const campaign = (await connect('team').client.call({
          method: 'POST',
          path: campaignPath(args[0] ?? '', `/${name}`),
          // Starting twice is refused, the others may be repeated.
          repeats: name === 'start' ? 0 : 2,
        })) as CampaignObject;
        show(campaign, () => stateText(campaign));
        return 0;
      },
    });
  }
}

/** A campaign in one line. */
export function stateText(campaign: CampaignObject): string {
  return `${campaign.id} ${campaign.status}: ${countsText(campaign)}, ${campaignCostText(campaign)}`;
}
