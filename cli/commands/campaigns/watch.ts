import type { Command } from 'commander';
import { createCampaignProgress } from '../../campaigns/progress';
import { reportCampaign, watchCampaign } from '../../campaigns/watch';
import { define, type CommandHost } from '../define';

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
