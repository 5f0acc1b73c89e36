import { Navigate } from '@tanstack/react-router';
import { useMay, useMe, useTeam } from '../api/session';
import { paths } from '../lib/paths';
import { useText } from '../lib/text';
import type words from '../text/en/common.json';
import { State } from '../ui/states';

/** `/console/` goes on to where the person works: the studio, the tasks for who only looks, or usage for who may see neither. */
export function Home() {
  const text = useText<typeof words>('common');
  const isMember = useMe().teams.length > 0;
  const team = useTeam();
  const mayCreate = useMay('generation.create');
  const mayRead = useMay('generation.read');
  if (team === '') return <State icon="team" title={text('states.noTeam')} />;
  const to = isMember && mayCreate ? paths.image(team) : mayRead ? paths.tasks(team) : paths.usage(team);
  return <Navigate href={`/console${to}`} to="." replace />;
}
