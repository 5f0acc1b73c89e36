import { useMe, useTeam } from '../api/session';
import type { Place } from '../lib/page';
import type { IconName } from '../ui/icons';
import { paths } from '../lib/paths';
import { PAGES } from './page-routes';

export interface Entry {
  /** A key of `nav` in the text file `common`, which is the icon's name. */
  readonly name: string;
  readonly icon: IconName;
  readonly group: Place['group'];
  readonly key: string | undefined;
  readonly to: string;
}

const GROUPS: readonly Place['group'][] = ['create', 'work', 'team', 'control'];

/** Pages of the organisation, which stand in the menu of the person. */
export const ROOMS = [
  { name: 'audit', icon: 'audit', needs: 'audit.read', to: paths.audit },
  { name: 'system', icon: 'system', needs: 'system.read', to: paths.system },
  { name: 'retention', icon: 'archive', needs: 'retention.read', to: paths.retention },
  { name: 'backups', icon: 'save', needs: 'backup.read', to: paths.backups },
  { name: 'holds', icon: 'lock', needs: 'retention.read', to: paths.holds },
  { name: 'migration', icon: 'bringIn', needs: 'import.read', to: paths.migration },
  { name: 'status', icon: 'info', needs: 'incident.manage', to: paths.status },
] as const satisfies readonly { name: string; icon: IconName; needs: string; to: () => string }[];

/** The entries of the rail: those that the person may open, in the team of the path. What they may not is absent. */
export function useEntries(): readonly Entry[] {
  const { permissions } = useMe();
  const team = useTeam();
  return PAGES.flatMap(({ page }) => {
    const { place, needs, path } = page;
    if (place === undefined || (needs !== null && !permissions.includes(needs))) return [];
    if (team === '' && path.includes('$team')) return [];
    const to = path.replace('$team', encodeURIComponent(team)).replace(/\/\$.*$/, '');
    return [{ place, entry: { name: place.icon, icon: place.icon as IconName, group: place.group, key: place.key, to } }];
  })
    .sort((a, b) => rankOf(a.place) - rankOf(b.place))
    .map(({ entry }) => entry);
}

function rankOf({ group, order }: Place): number {
  return GROUPS.indexOf(group) * 100 + order;
}
