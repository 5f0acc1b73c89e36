import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { assetQuery } from '../../../api/assets';
import { useTeam } from '../../../api/session';
import { AssetView } from '../../../features/library/asset-view';
import { Skeleton } from '../../../ui/states';

export function Page() {
  const team = useTeam();
  const { id = '' }: { id?: string } = useParams({ strict: false });
  const { data: asset } = useQuery({ ...assetQuery(team, id), throwOnError: (_error, { state }) => state.data === undefined });
  return asset === undefined ? <Skeleton rows={2} height={320} /> : <AssetView asset={asset} />;
}
