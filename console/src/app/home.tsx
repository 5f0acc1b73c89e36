import { Navigate } from '@tanstack/react-router';
import { useMay, useMe } from '../api/session';
import { paths } from '../lib/paths';
import { useText } from '../lib/text';
import type words from '../text/en/common.json';
import { State } from '../ui/states';

/** `/console/` goes on to where the person works: the studio, or the tasks for who only looks. */
export function Home() {
  const text = useText<typeof words>('common');
  const [first] = useMe().teams;
  const mayCreate = useMay('generation.create');
  if (first === undefined) return <State icon="team" title={text('states.noTeam')} />;
  const to = mayCreate ? paths.image(first.name) : paths.tasks(first.name);
  return <Navigate href={`/console${to}`} to="." replace />;
}
