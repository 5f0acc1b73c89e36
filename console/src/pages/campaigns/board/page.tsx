import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { campaignQuery } from '../../../api/campaigns';
import { useTeam } from '../../../api/session';
import { Board, ITEM_STATUSES } from '../../../features/campaign-board/board';
import { usePageSearch } from '../../../lib/page';
import { Skeleton } from '../../../ui/states';
import { page } from './route';

export function Page() {
  const team = useTeam();
  const { id = '' }: { id?: string } = useParams({ strict: false });
  const [{ view, status, edit }, change] = usePageSearch(page);
  const { data: campaign } = useQuery({ ...campaignQuery(team, id), throwOnError: (_error, { state }) => state.data === undefined });
  if (campaign === undefined) return <Skeleton rows={5} height={72} />;
  return (
    <Board
      campaign={campaign}
      view={view === 'table' ? 'table' : 'wall'}
      status={ITEM_STATUSES.find((one) => one === status) ?? null}
      onView={(next) => change({ view: next === 'table' ? 'table' : undefined })}
      onStatus={(next) => change({ status: next ?? undefined })}
      onFailed={() => change({ status: 'failed', view: 'table' })}
      edited={/^[1-9]\d{0,8}$/.test(edit ?? '') ? Number(edit) : null}
      onEdit={(index) => change({ edit: index === null ? undefined : String(index) })}
    />
  );
}
