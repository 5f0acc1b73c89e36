import { facts } from '../table';
import type { CampaignObject } from './campaign-object';

/** Items that ended, whichever way. */
export function endedOf({ counts }: CampaignObject): number {
  return counts.succeeded + counts.failed + counts.cancelled;
}

/** `7 of 12 done, 1 failed, 4 running` */
export function countsText(campaign: CampaignObject): string {
  const { counts } = campaign;
  return [
    `${endedOf(campaign)} of ${counts.total} done`,
    ...(counts.failed > 0 ? [`${counts.failed} failed`] : []),
    ...(counts.cancelled > 0 ? [`${counts.cancelled} cancelled`] : []),
    ...(counts.running > 0 ? [`${counts.running} running`] : []),
  ].join(', ');
}

/** What it has cost, and what it may. */
export function campaignCostText({ cost, budget }: CampaignObject): string {
  return `${cost.actual} of ${budget === null ? `about ${cost.estimated}` : `at most ${budget.max_cost_usd}`} USD`;
}

/** What is to be done so that it goes on; null when nothing is. */
export function adviceOf({ id, status, status_reason: reason, status_details: details, counts }: CampaignObject): string | null {
  switch (status) {
    case 'draft':
      return `Start it: atelier campaigns start ${id}`;
    case 'scheduled':
      return `It starts by itself. Start it now: atelier campaigns start ${id}`;
    case 'paused':
      if (reason === 'trial') return `Its trial is over. Look at the results, then run the rest: atelier campaigns resume ${id}`;
      return `${whyPaused(reason, details)}atelier campaigns resume ${id}`;
    case 'budget_exhausted':
      return `Its budget is used up. Raise it: atelier campaigns set ${id} --budget USD`;
    case 'completed':
    case 'cancelled':
      return counts.failed > 0
        ? `See what failed: atelier campaigns items ${id} --status failed; rerun it: atelier campaigns retry ${id}`
        : null;
    case 'running':
      return null;
  }
}

function whyPaused(reason: string | null, details: CampaignObject['status_details']): string {
  switch (reason) {
    case 'insufficient_quota':
      return `${noRoomText(details)}. Once there is more: `;
    case 'credential_expired':
      return 'Its key has expired. Once it is extended (atelier keys set NAME --team TEAM --expires TIME): ';
    case 'credential_revoked':
      return 'Its key was revoked, so it starts nothing more: send what is left with another key. If the key is enabled again: ';
    case 'credential_frozen':
      return 'An incident froze its key. Once the incident is resolved: ';
    case null:
    default:
      return 'Continue: ';
  }
}

/** All of a campaign that people ask for. */
export function campaignText(campaign: CampaignObject): string {
  const { id, name, status, status_reason: reason, created_at: created, finished_at: finished, concurrency } = campaign;
  const advice = adviceOf(campaign);
  const table = facts([
    ['id', id],
    ['name', name],
    ['status', reason === null ? status : `${status} (${reason})`],
    ['items', countsText(campaign)],
    ['cost', campaignCostText(campaign)],
    ['concurrency', String(concurrency)],
    ['created', created],
    ['finished', finished],
  ]);
  return advice === null ? table : `${table}\n→ ${advice}`;
}

function noRoomText(details: CampaignObject['status_details']): string {
  const resetsAt = details?.resets_at ?? null;
  return `The budget ${details?.budget ?? 'of the team or key'} has no room for the next item${resetsAt === null ? '' : ` until ${resetsAt}`}`;
}
