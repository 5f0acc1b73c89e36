import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import type { CampaignObject } from '../../campaigns/campaign-object';
import { campaignCostText, countsText } from '../../campaigns/campaign-text';
import { addCreateOptions, campaignOf, type CreateFlags } from '../../campaigns/create-flags';
import { readCampaignFile, type CampaignFile } from '../../campaigns/items-file';
import { faultLines, previewText, type EstimateObject } from '../../campaigns/preview';
import { createCampaignProgress } from '../../campaigns/progress';
import { reportCampaign, watchCampaign } from '../../campaigns/watch';
import type { CliDeps } from '../../deps';
import { CliFailure, usageFailure } from '../../failure';
import type { ApiClient } from '../../http/client';
import type { JsonObject } from '../../json-value';
import { scheduleText, type ScheduleObject } from '../schedules';
import { define, type CommandHost } from '../define';

/** `atelier campaigns create` */
export function addCreate(campaigns: Command, host: CommandHost): void {
  define<CreateFlags>(campaigns, host, {
    usage: 'create <file>',
    summary:
      'create a campaign from a .csv, .xlsx or .jsonl file of items, or a .json or .yaml file of the whole body; all items are validated before anything starts',
    examples: [
      'campaigns create products.jsonl --model sandbox-image --type image --watch',
      'campaigns create products.xlsx --template product-shot --map "Title=inputs.product" --trial 3',
      'campaigns create spring.yaml --budget 25 --concurrency 20 --callback-url https://example.com/hook',
      'campaigns create weekly.csv --template product-shot --cron "0 9 * * 1" --time-zone Asia/Shanghai --yes --json',
    ],
    options: addCreateOptions,
    async run({ args, flags, isJson, output, deps, connect, show }) {
      const { client } = connect('team');
      const file = await readCampaignFile(args[0] ?? '');
      const body = campaignOf(file.campaign, flags);
      if (file.isSpreadsheet && !(await isWanted(client, file, body, flags, deps))) return 1;
      const headers = { 'idempotency-key': flags.idempotencyKey ?? `cli-${randomUUID()}` };
      const made = (await client
        .call({ method: 'POST', path: '/v1/campaigns', form: formOf(file, body), headers })
        .catch((error: unknown) => {
          if (error instanceof CliFailure && error.facts.code === 'invalid_campaign_items')
            for (const line of faultLines(error.facts.details)) output.note(line);
          throw error;
        })) as CampaignObject | (ScheduleObject & { readonly object: 'schedule' });
      if ('cron' in made) {
        show(made, () => scheduleText(made));
        return 0;
      }
      if (flags.watch !== true) {
        show(made, () => `${made.id} ${made.status}: ${countsText(made)}, ${campaignCostText(made)}`);
        if (!isJson)
          output.note(`${made.status === 'draft' ? 'Start it: atelier campaigns start' : 'Follow it: atelier campaigns watch'} ${made.id}`);
        return 0;
      }
      output.note(`Created ${made.id}`);
      const progress = createCampaignProgress(output.screen, () => performance.now());
      return reportCampaign(await watchCampaign(made.id, { client, progress, signal: deps.interruption() }), output, isJson);
    },
  });
}

function formOf(file: CampaignFile, body: JsonObject): FormData {
  const form = new FormData();
  form.append('campaign', JSON.stringify(body));
  form.append('items', file.items, file.name);
  return form;
}

/** Shows what a spreadsheet would become, and asks. @throws CliFailure where nobody can be asked */
async function isWanted(client: ApiClient, file: CampaignFile, body: JsonObject, { yes }: CreateFlags, deps: CliDeps): Promise<boolean> {
  const { output, confirm } = deps;
  const estimate = (await client
    .call({ method: 'POST', path: '/v1/campaigns/estimate', form: formOf(file, body) })
    .catch((error: unknown) => {
      if (error instanceof CliFailure && error.facts.code === 'invalid_campaign_items')
        for (const line of faultLines(error.facts.details)) output.note(line);
      throw error;
    })) as EstimateObject;
  output.note(previewText(estimate));
  if (estimate.invalid > 0) {
    for (const line of faultLines(estimate.faults)) output.note(line);
    output.note(`${estimate.invalid} of ${estimate.total} items are not valid; nothing was created.`);
    return false;
  }
  if (yes === true) return true;
  if (confirm === undefined) throw usageFailure('Nobody can be asked here whether to create it.', 'Add --yes.');
  return confirm('Create it?');
}
