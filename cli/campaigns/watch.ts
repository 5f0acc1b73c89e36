import type { ExitCode } from '../commands/define';
import { CliFailure } from '../failure';
import type { ApiClient } from '../http/client';
import { follow } from '../http/follow';
import type { Output } from '../output';
import { campaignPath, hasEnded, type CampaignObject } from './campaign-object';
import { adviceOf, campaignText } from './campaign-text';
import type { CampaignProgress } from './progress';

export interface WatchOptions {
  readonly client: ApiClient;
  readonly progress: CampaignProgress;
  readonly signal: AbortSignal;
}

/** Follows a campaign until it has ended. It also says when it rests and what to do then. @throws CliFailure */
export async function watchCampaign(id: string, { client, progress, signal }: WatchOptions): Promise<CampaignObject> {
  const onLost = (failure: CliFailure | null) =>
    progress.note(`… the connection was lost${failure === null ? '' : ` (${failure.message})`}; reconnecting. The work continues.`);
  let last: CampaignObject | null = null;
  try {
    for await (const campaign of follow<CampaignObject>({ path: campaignPath(id), isEnd: hasEnded }, { client, signal, onLost })) {
      progress.show(campaign);
      const advice = hasEnded(campaign) || campaign.status === last?.status ? null : adviceOf(campaign);
      if (advice !== null) progress.note(`→ ${advice}`);
      last = campaign;
    }
  } catch (error) {
    if (!signal.aborted) throw error;
    throw new CliFailure('Stopped watching. The work continues.', {
      code: 'interrupted',
      exitCode: 130,
      advice: [`Watch again: atelier campaigns watch ${id}`, `Stop the work: atelier campaigns cancel ${id}`],
    });
  }
  if (last === null) throw new CliFailure(`The events of ${id} ended before the first one.`, { code: 'unreachable' });
  return last;
}

/** Prints how it ended. @returns 1 unless every item succeeded */
export function reportCampaign(campaign: CampaignObject, output: Output, isJson: boolean): ExitCode {
  if (isJson) output.json(campaign);
  else output.line(campaignText(campaign));
  if (!isJson && campaign.counts.succeeded > 0) output.note(`Save the results: atelier campaigns results ${campaign.id} --out DIR`);
  return campaign.counts.succeeded === campaign.counts.total ? 0 : 1;
}
