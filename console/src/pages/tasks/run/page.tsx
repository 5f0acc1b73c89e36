import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useTeam } from '../../../api/session';
import { taskQuery } from '../../../api/tasks';
import { RunView } from '../../../features/run/run-view';
import { Skeleton } from '../../../ui/states';

export function Page() {
  const team = useTeam();
  const { id = '' }: { id?: string } = useParams({ strict: false });
  const { data: task } = useQuery({ ...taskQuery(team, id), throwOnError: (_error, { state }) => state.data === undefined });
  return task === undefined ? <Skeleton rows={6} height={72} /> : <RunView task={task} />;
}
