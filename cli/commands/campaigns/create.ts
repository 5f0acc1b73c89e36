import { randomUUID } from 'node:crypto';
import { Option, type Command } from 'commander';
import type { CampaignObject } from '../../campaigns/campaign-object';
import { campaignCostText, countsText } from '../../campaigns/campaign-text';
import { readCampaignFile } from '../../campaigns/items-file';
import { createCampaignProgress } from '../../campaigns/progress';
import { reportCampaign, watchCampaign } from '../../campaigns/watch';
import { CliFailure } from '../../failure';
import { collect, textPairs, usd, valuePairs, wholeNumber } from '../../flag-values';
import { asList, asObject, asText, type JsonObject } from '../../json-value';
import { define, type CommandHost } from '../define';

interface CreateFlags {
  readonly model?: string;
  readonly type?: string;
  readonly output?: readonly string[];
  readonly name?: string;
  readonly concurrency?: number;
  readonly budget?: string;
  readonly callbackUrl?: string;
  readonly metadata?: readonly string[];
  readonly draft?: boolean;
  readonly idempotencyKey?: string;
  readonly watch?: boolean;
}

/** Items at fault that are shown; --json has the first hundred. */
const MOST_FAULTS = 10;

/** `atelier campaigns create` */
export function addCreate(campaigns: Command, host: CommandHost): void {
  define<CreateFlags>(campaigns, host, {
    usage: 'create <file>',
    summary:
      'create a campaign from a .jsonl file of items, or a .json or .yaml file of the whole body; all items are validated before anything starts',
    examples: [
      'campaigns create products.jsonl --model sandbox-image --type image --watch',
      'campaigns create spring.yaml --budget 25 --concurrency 20 --callback-url https://example.com/hook',
      'campaigns create videos.jsonl --model sandbox-video --type video --output duration_s=4 --draft --json',
    ],
    options(command) {
      command
        .option('--model <name>', 'for items that do not set one')
        .addOption(new Option('--type <type>', 'for items that do not set one').choices(['text', 'image', 'video']))
        .option(
          '--output <name=value>',
          'a creative parameter of items that do not give it, such as size=1024x1024 (repeatable; JSON values)',
          collect,
        )
        .option('--name <name>', 'display name')
        .option('--concurrency <count>', 'maximum items running at once, 1 to 500 (default: 8)', wholeNumber)
        .option('--budget <usd>', 'maximum total cost, such as 25.00', usd)
        .option('--callback-url <url>', 'called when it ends or its budget is exhausted')
        .option('--metadata <name=value>', 'stored with the campaign (repeatable)', collect)
        .option('--draft', 'do not start it yet')
        .option('--idempotency-key <key>', 'running again with the same key returns the same campaign (default: a new key)')
        .option('--watch', 'follow it to its end');
    },
    async run({ args, flags, isJson, output, deps, connect, show }) {
      const { client } = connect('team');
      const file = await readCampaignFile(args[0] ?? '');
      const form = new FormData();
      form.append('campaign', JSON.stringify(campaignOf(file.campaign, flags)));
      form.append('items', file.items, 'items.jsonl');
      const headers = { 'idempotency-key': flags.idempotencyKey ?? `cli-${randomUUID()}` };
      const campaign = (await client.call({ method: 'POST', path: '/v1/campaigns', form, headers }).catch((error: unknown) => {
        if (error instanceof CliFailure) for (const line of faultLines(error)) output.note(line);
        throw error;
      })) as CampaignObject;
      if (flags.watch !== true) {
        show(campaign, () => `${campaign.id} ${campaign.status}: ${countsText(campaign)}, ${campaignCostText(campaign)}`);
        if (!isJson)
          output.note(
            campaign.status === 'draft'
              ? `Start it: atelier campaigns start ${campaign.id}`
              : `Follow it: atelier campaigns watch ${campaign.id}`,
          );
        return 0;
      }
      output.note(`Created ${campaign.id}`);
      const progress = createCampaignProgress(output.screen, () => performance.now());
      return reportCampaign(await watchCampaign(campaign.id, { client, progress, signal: deps.interruption() }), output, isJson);
    },
  });
}

/** The first items at fault, one a line. */
function faultLines({ facts }: CliFailure): readonly string[] {
  if (facts.code !== 'invalid_campaign_items') return [];
  return asList(facts.details)
    .slice(0, MOST_FAULTS)
    .map((entry) => {
      const fault = asObject(entry) ?? {};
      const place = [asText(fault['key']), asText(fault['param'])].filter((part) => part !== null).join(', ');
      return `  item ${String(fault['index'])}${place === '' ? '' : ` (${place})`}: ${asText(fault['message']) ?? ''}`;
    });
}

/** The file's campaign with the options over it. */
function campaignOf(file: JsonObject, flags: CreateFlags): JsonObject {
  const before = asObject(file['defaults']) ?? {};
  const output = valuePairs('--output', flags.output);
  const defaults = {
    ...before,
    ...(flags.type === undefined ? {} : { type: flags.type }),
    ...(flags.model === undefined ? {} : { model: flags.model }),
    ...(Object.keys(output).length === 0 ? {} : { output: { ...asObject(before['output']), ...output } }),
  };
  const metadata = textPairs('--metadata', flags.metadata);
  return {
    ...file,
    ...(Object.keys(defaults).length === 0 ? {} : { defaults }),
    ...(flags.name === undefined ? {} : { name: flags.name }),
    ...(flags.concurrency === undefined ? {} : { concurrency: flags.concurrency }),
    ...(flags.budget === undefined ? {} : { budget: { max_cost_usd: flags.budget } }),
    ...(flags.callbackUrl === undefined ? {} : { callback_url: flags.callbackUrl }),
    ...(Object.keys(metadata).length === 0 ? {} : { metadata: { ...asObject(file['metadata']), ...metadata } }),
    ...(flags.draft === true ? { start: false } : {}),
  };
}
