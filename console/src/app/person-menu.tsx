import { useMay, useMe, useSignOut, useTeam, useTeams } from '../api/session';
import { useGo } from '../lib/go';
import { paths } from '../lib/paths';
import { useTheme } from '../lib/preferences';
import { LANGUAGES, useLanguage, useText } from '../lib/text';
import type words from '../text/en/common.json';
import { Icon } from '../ui/icon';
import { Menu, MenuItem, MenuLine } from '../ui/menu';
import { chooseLanguage } from '../lib/language';
import type { Entry } from './nav';
import css from './person-menu.module.css';

interface PersonMenuProps {
  readonly isNarrow: boolean;
  readonly onHelp: () => void;
  /** Pages that have no place of their own on a phone. */
  readonly entries?: readonly Entry[];
  readonly className?: string | undefined;
}

/** The person: their teams, language, theme, keys, and the way out. */
export function PersonMenu({ isNarrow, onHelp, entries = [], className }: PersonMenuProps) {
  const text = useText<typeof words>('common');
  const me = useMe();
  const team = useTeam();
  const teams = useTeams();
  const home = useMay('generation.read') ? paths.tasks : paths.usage;
  const mayAudit = useMay('audit.read');
  const go = useGo();
  const language = useLanguage();
  const [theme, setTheme] = useTheme();
  const signOut = useSignOut();
  const isPhone = className !== undefined;
  const button = (
    <button
      type="button"
      className={className ?? (isNarrow ? css.round : css.person)}
      aria-label={isNarrow && !isPhone ? text('shell.person', { name: me.user.name, team }) : undefined}
    >
      {isPhone ? (
        <Icon name="menu" size={22} />
      ) : (
        <span className={css.initials} aria-hidden="true">
          {initialsOf(me.user.name)}
        </span>
      )}
      {isPhone ? <span>{text('nav.more')}</span> : null}
      {isNarrow ? null : (
        <span className={css.words}>
          <strong>{me.user.name}</strong>
          <span>{team}</span>
        </span>
      )}
      {isNarrow ? null : <Icon name="choose" size={16} />}
    </button>
  );
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
      {mayAudit ? (
        <MenuItem icon="audit" onPick={() => go(paths.audit())}>
          {text('nav.audit')}
        </MenuItem>
      ) : null}
      <MenuItem icon="keyboard" end="?" onPick={onHelp}>
        {text('shell.keys')}
      </MenuItem>
      <MenuItem icon="signOut" onPick={() => signOut.mutate()}>
        {text('verbs.signOut')}
      </MenuItem>
    </Menu>
  );
}

/** "Lin Yue" → "LY", "林悦" → "林". */
function initialsOf(name: string): string {
  if (/^\p{Script=Han}/u.test(name)) return name.slice(0, 1);
  return name
    .split(/\s+/)
    .map((word) => word.slice(0, 1))
    .join('')
    .slice(0, 2)
    .toUpperCase();
}
