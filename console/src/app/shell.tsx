import { Outlet, useMatches } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useState } from 'react';
import { useConnected } from '../api/connection';
import { useServerEvents } from '../api/events';
import { useMe, useTeam } from '../api/session';
import { FirstRun } from '../features/first-run/first-run';
import { useGo } from '../lib/go';
import { useHotkeys } from '../lib/hotkeys';
import { PHONE, useMedia } from '../lib/media-query';
import { names } from '../lib/names';
import type { Page } from '../lib/page';
import { useStored } from '../lib/preferences';
import { useText } from '../lib/text';
import type words from '../text/en/common.json';
import { Icon } from '../ui/icon';
import { BottomBar } from './bottom-bar';
import { Forbidden } from './boundary';
import { useEntries } from './nav';
import { Rail } from './rail';
import { SignInAgain } from './sign-in-again';
import css from './shell.module.css';

const KeysHelp = lazy(async () => ({ default: (await import('./keys-help')).KeysHelp }));

/** Comes with the first key that asks for it. */
const Palette = lazy(async () => ({ default: (await import('./palette')).Palette }));

/** The frame of every page behind the sign-in: rail or bottom bar, the state of the connection, and the page. */
export function Shell() {
  const text = useText<typeof words>('common');
  const me = useMe();
  const go = useGo();
  const isPhone = useMedia(PHONE);
  const isConnected = useConnected();
  const page = usePage();
  const entries = useEntries();
  const team = useTeam();
  // Who may not read generations has no stream of them.
  useServerEvents(me.permissions.includes('generation.read') ? team : '');
  /** Null: nobody has asked yet, and nothing of it was loaded. */
  const [isHelpOpen, setHelpOpen] = useState<boolean | null>(null);
  const [rail, setRail] = useStored('atelier.rail');
  const isNarrow = rail === null ? page?.isWide === true : rail === 'narrow';
  const toggleRail = (): void => setRail(isNarrow ? 'wide' : 'narrow');

  const [isPaletteOpen, setPaletteOpen] = useState(false);
  useHotkeys([
    { keys: 'Mod+k', label: 'palette', run: () => setPaletteOpen(true), inFields: true },
    { keys: '?', label: 'help', run: () => setHelpOpen(true) },
    { keys: '[', label: 'rail', run: toggleRail },
    ...entries.flatMap(({ key, to, name }) => (key === undefined ? [] : [{ keys: `g ${key}`, label: `go:${name}`, run: () => go(to) }])),
  ]);
  useEffect(() => {
    document.documentElement.dataset['page'] = page?.isWide === true ? 'wide' : 'usual';
  }, [page]);

  const isForbidden = page?.needs !== undefined && page.needs !== null && !me.permissions.includes(page.needs);
  return (
    <div className={names(css.shell, isPhone && css.phone)}>
      <a className={css.skip} href="#content">
        {text('shell.skip')}
      </a>
      {isPhone ? null : <Rail entries={entries} isNarrow={isNarrow} onToggle={toggleRail} onHelp={() => setHelpOpen(true)} />}
      <div className={css.side}>
        {isConnected ? null : (
          <p className={css.offline} role="status">
            <Icon name="offline" size={16} /> {text('states.offline')}
          </p>
        )}
        {page?.place?.group === 'create' ? <FirstRun /> : null}
        <main id="content" className={names(css.main, page?.isWide === true && css.wide)} tabIndex={-1}>
          {isForbidden ? <Forbidden /> : <Outlet />}
        </main>
      </div>
      {isPhone ? <BottomBar entries={entries} onHelp={() => setHelpOpen(true)} /> : null}
      {isHelpOpen === null ? null : (
        <Suspense>
          <KeysHelp isOpen={isHelpOpen} onClose={() => setHelpOpen(false)} />
        </Suspense>
      )}
      {isPaletteOpen ? (
        <Suspense fallback={null}>
          <Palette entries={entries} onClose={() => setPaletteOpen(false)} />
        </Suspense>
      ) : null}
      <SignInAgain />
    </div>
  );
}

/** The description of the page that is shown. */
function usePage(): Page | undefined {
  const data = useMatches({ select: (matches) => matches.at(-1)?.staticData as { page?: Page } | undefined });
  return data?.page;
}
