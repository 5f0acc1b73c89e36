import { useEffect } from 'react';
import { useTeam } from '../../../api/session';
import { useSections } from '../../../features/team/team-header';
import { useGo } from '../../../lib/go';
import { paths } from '../../../lib/paths';

/** Goes on to the first section that the person may open. */
export function Page() {
  const team = useTeam();
  const go = useGo();
  const to = paths[useSections()[0] ?? 'projects'](team);
  // Once: a page that was left has its own address by then.
  useEffect(() => go(to, 'replace'), []);
  return null;
}
