import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useTeam } from '../../../api/session';
import { templateQuery } from '../../../api/templates';
import { Editor } from '../../../features/templates/editor';
import { Skeleton } from '../../../ui/states';

export function Page() {
  const team = useTeam();
  const { name = '' }: { name?: string } = useParams({ strict: false });
  const throwOnError = (_error: Error, { state }: { readonly state: { readonly data: unknown } }): boolean => state.data === undefined;
  const { data: usual } = useQuery({ ...templateQuery(team, name), throwOnError });
  // The newest is what is edited; the published one may be older.
  const { data: newest } = useQuery({ ...templateQuery(team, name, usual?.versions), enabled: usual !== undefined, throwOnError });
  if (newest === undefined) return <Skeleton rows={4} height={120} />;
  return <Editor key={`${newest.id} ${newest.version}`} template={newest} />;
}
