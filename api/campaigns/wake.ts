import type { ApiContext } from '../deps';

/** Tells the campaign's workflow to look at its rows. The rows decide, so a word that is lost costs time only. */
export async function wake(context: Pick<ApiContext, 'background' | 'logger'>, campaignId: string): Promise<void> {
  try {
    await context.background.wakeCampaign(campaignId);
  } catch (error) {
    context.logger.warn({ err: error, campaignId }, 'The workflow of a campaign could not be woken now; the sweeper will wake it.');
  }
}
