import type { CampaignItem } from '../../api/campaigns';
import { contentUrl, thumbnailUrl } from '../../lib/media-url';

/** The address of what is shown of an item; null: it has no image. */
export function imageOf(team: string, { outputs }: CampaignItem): string | null {
  const output = outputs.find(({ kind, thumbnail_url: thumbnail }) => kind === 'image' || thumbnail !== null);
  if (output === undefined) return null;
  return output.thumbnail_url === null ? contentUrl(team, output.id) : thumbnailUrl(team, output.id);
}
