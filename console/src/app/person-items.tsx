import type { ReactElement } from 'react';
import { useMay, useMe, useSignOut, useTeam, useTeams } from '../api/session';
import { useGo } from '../lib/go';
import { chooseLanguage } from '../lib/language';
import { paths } from '../lib/paths';
import { useTheme } from '../lib/preferences';
import { LANGUAGES, useLanguage, useText } from '../lib/text';
import type words from '../text/en/common.json';
import { Menu, MenuItem, MenuLine } from '../ui/menu';
import { ROOMS, type Entry } from './nav';

interface PersonItemsProps {
  /** What opens them. */
  readonly button: ReactElement;
  readonly entries: readonly Entry[];
  readonly onHelp: () => void;
}

/** What is behind the person's button. It comes after the first load, with what menus need. */
export function PersonItems({ button, entries, onHelp }: PersonItemsProps) {
  const text = useText<typeof words>('common');
  const team = useTeam();
  const teams = useTeams();
  const home = useMay('generation.read') ? paths.tasks : paths.usage;
  const { permissions } = useMe();
  const rooms = ROOMS.filter(({ needs }) => permissions.includes(needs));
  const go = useGo();
  const language = useLanguage();
  const [theme, setTheme] = useTheme();
  const signOut = useSignOut();
  return (
    <Menu button={button} side="top-start">
      {entries.map((entry) => (
        <MenuItem key={entry.to} icon={entry.icon} onPick={() => go(entry.to)}>
          {text(`nav.${entry.name}` as 'nav.image')}
        </MenuItem>
      ))}
      {entries.length === 0 ? null : <MenuLine />}
      {teams.length < 2
        ? null
        : teams.map((name) => (
            <MenuItem key={name} icon="team" isChosen={name === team} onPick={() => go(home(name))}>
              {name}
            </MenuItem>
          ))}
      {teams.length < 2 ? null : <MenuLine />}
      {LANGUAGES.map((one) => (
        <MenuItem key={one} icon="language" isChosen={one === language} onPick={() => void chooseLanguage(one)}>
          {text(`languages.${one}`)}
        </MenuItem>
      ))}
      <MenuLine />
      {(['system', 'light', 'dark'] as const).map((one) => (
        <MenuItem key={one} icon={one === 'dark' ? 'dark' : 'light'} isChosen={one === theme} onPick={() => setTheme(one)}>
          {text(`themes.${one}`)}
        </MenuItem>
      ))}
      <MenuLine />
      <MenuItem icon="person" onPick={() => go(paths.me())}>
        {text('nav.me')}
      </MenuItem>
      <MenuItem icon="create" onPick={() => go(paths.tour())}>
        {text('nav.tour')}
      </MenuItem>
      {rooms.map(({ name, icon, to }) => (
        <MenuItem key={name} icon={icon} onPick={() => go(to())}>
          {text(`nav.${name}`)}
        </MenuItem>
      ))}
      <MenuItem icon="keyboard" end="?" onPick={onHelp}>
        {text('shell.keys')}
      </MenuItem>
      <MenuItem icon="signOut" onPick={() => signOut.mutate()}>
        {text('verbs.signOut')}
      </MenuItem>
    </Menu>
  );
}
