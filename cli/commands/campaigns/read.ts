import { Option, type Command } from 'commander';
import { type CampaignObject, campaignPath } from '../../campaigns/campaign-object';
import { campaignCostText, campaignText, endedOf } from '../../campaigns/campaign-text';
import { readPages } from '../../pages';
import { createCampaignProgress } from '../../campaigns/progress';
import { reportCampaign, watchCampaign } from '../../campaigns/watch';
import { wholeNumber } from '../../flag-values';
import { table } from '../../table';
import { define, type CommandHost } from '../define';

interface ListFlags {
  readonly status?: string;
  readonly limit: number;
  readonly after?: string;
}

/** `atelier campaigns list` */
export function addList(campaigns: Command, host: CommandHost): void {
  define<ListFlags>(campaigns, host, {
    usage: 'list',
    summary: "the team's campaigns, newest first",
    examples: ['campaigns list', 'campaigns list --status running --json'],
    options(command) {
      const statuses = ['draft', 'scheduled', 'running', 'paused', 'budget_exhausted', 'completed', 'cancelled'];
      command
        .addOption(new Option('--status <status>', 'only those with this status').choices(statuses))
        .option('--limit <count>', 'maximum number of results', wholeNumber, 20)
        .option('--after <campaign>', 'continue after this campaign (the last one of the previous page)');
    },
    async run({ flags, connect, showPage }) {
      const query = { status: flags.status, after: flags.after };
      const list = { path: '/v1/campaigns', query, cursorOf: (campaign: CampaignObject) => campaign.id };
      const page = await readPages<CampaignObject>(connect('team').client, list, flags.limit);
      showPage(page, 'No campaigns.', tableOf);
      return 0;
    },
  });
}

function tableOf(campaigns: readonly CampaignObject[]): string {
  return table(
    ['ID', 'NAME', 'STATUS', 'DONE', 'FAILED', 'COST', 'CREATED'],
    campaigns.map((campaign) => [
      campaign.id,
      campaign.name ?? '',
      campaign.status,
      `${endedOf(campaign)}/${campaign.counts.total}`,
      String(campaign.counts.failed),
      campaignCostText(campaign),
      campaign.created_at.slice(0, 19).replace('T', ' '),
    ]),
  );
}

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

/** `atelier campaigns watch` */
export function addWatch(campaigns: Command, host: CommandHost): void {
  define(campaigns, host, {
    usage: 'watch <campaign>',
    summary: 'follow a campaign to its end: done, failed, running, cost, rate, time left; exit code 1 unless all items succeed',
    examples: ['campaigns watch camp_0190…', 'campaigns watch camp_0190… --json'],
    async run({ args, isJson, output, deps, connect }) {
      const { client } = connect('team');
      const progress = createCampaignProgress(output.screen, () => performance.now());
      return reportCampaign(await watchCampaign(args[0] ?? '', { client, progress, signal: deps.interruption() }), output, isJson);
    },
  });
}
