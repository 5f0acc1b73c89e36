import { useEffect } from 'react';
import { useTeam } from '../../../api/session';
import { clientOf } from '../../../features/connect/clients';
import { useGo } from '../../../lib/go';
import { paths } from '../../../lib/paths';

/** Goes on to the first client. */
export function Page() {
  const team = useTeam();
  const go = useGo();
  // Once: a page that was left has its own address by then.
  useEffect(() => go(paths.connect(team, clientOf(undefined).id), 'replace'), []);
  return null;
}
