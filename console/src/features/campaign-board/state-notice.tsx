import { useCampaignAct, type Campaign } from '../../api/campaigns';
import { useErrorText } from '../../api/errors';
import { useMay, useTeam } from '../../api/session';
import { useFormat, type Format } from '../../lib/format';
import { useText, type Text } from '../../lib/text';
import type words from '../../text/en/campaigns.json';
import { note } from '../../ui/announce';
import { Button } from '../../ui/button';
import { Notice } from '../../ui/states';

/** What a campaign that stands still waits for, and the button that helps. */
export function StateNotice({ campaign }: { readonly campaign: Campaign }) {
  const text = useText<typeof words>('campaigns');
  const format = useFormat();
  const errorText = useErrorText();
  const mayControl = useMay('generation.control');
  const act = useCampaignAct(useTeam(), campaign.id);
  const said = sentenceOf(campaign, text, format);
  if (said === null) return null;
  const needed = campaign.status === 'budget_exhausted' ? neededOf(campaign) : null;
  const run = (): void =>
    act.mutate(
      needed === null ? { verb: campaign.status === 'draft' ? 'start' : 'resume' } : { change: { budget: { max_cost_usd: needed.limit } } },
      {
        onError: (error) => note(errorText(error)),
      },
    );
  const verb =
    needed !== null
      ? text('state.raise', { amount: format.money(needed.limit) })
      : campaign.status === 'paused'
        ? text('state.goOn')
        : campaign.status === 'draft'
          ? text('board.start')
          : null;
  return (
    <Notice
      tone={campaign.status === 'paused' || campaign.status === 'budget_exhausted' ? 'warn' : 'accent'}
      end={
        mayControl && verb !== null ? (
          <Button size="dense" kind="primary" disabled={act.isPending} onClick={run}>
            {verb}
          </Button>
        ) : undefined
      }
    >
      {said}
    </Notice>
  );
}

function sentenceOf(campaign: Campaign, text: Text<typeof words>, format: Format): string | null {
  const { status, counts, schedule, status_reason: reason, status_details: details } = campaign;
  const left = format.number(counts.queued);
  switch (status) {
    case 'budget_exhausted':
      return text('state.budget_exhausted', { done: format.number(counts.succeeded), left, amount: format.money(neededOf(campaign).more) });
    case 'scheduled':
      return schedule === undefined ? null : text('state.scheduled', { time: format.time(schedule.start_at) });
    case 'draft':
      return text('state.draft');
    case 'paused': {
      if (reason === 'trial') return text('state.trial', { left });
      if (reason === null) return text('state.paused', { left });
      if (reason !== 'insufficient_quota') return text('state.credential', { left });
      const budget = details === undefined ? '' : `${details.budget} (${format.money(details.limit_usd)})`;
      const shown =
        details?.resets_at === undefined || details.resets_at === null
          ? budget
          : text('state.resetsAt', { budget, time: format.time(details.resets_at) });
      return text('state.insufficient_quota', { left, budget: shown });
    }
    case 'running':
    case 'completed':
    case 'cancelled':
      return null;
  }
}

/** By how much the limit must rise for what still waits, and to what: both in US dollars, rounded up to a cent. */
function neededOf({ cost, counts, budget }: Campaign): { readonly more: string; readonly limit: string } {
  const limit = Number(budget?.max_cost_usd ?? 0);
  const each = counts.total === 0 ? 0 : Number(cost.estimated) / counts.total;
  const room = limit - Number(cost.actual) - Number(cost.reserved);
  const more = Math.max(0.01, Math.ceil((each * counts.queued - room) * 100) / 100);
  return { more: more.toFixed(2), limit: (limit + more).toFixed(2) };
}
