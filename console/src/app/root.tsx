import { Outlet } from '@tanstack/react-router';
import { useEffect } from 'react';
import { handleKey } from '../lib/hotkeys';
import { useText } from '../lib/text';
import type words from '../text/en/common.json';
import { Announcer, note } from '../ui/announce';

/** Around every page: keys, the live region, and the news that the console was updated. */
export function Root() {
  const text = useText<typeof words>('common');
  useEffect(() => {
    window.addEventListener('keydown', handleKey);
    return () => window.removeEventListener('keydown', handleKey);
  }, []);
  useEffect(() => {
    const tell = (event: Event): void => {
      // A page whose script is gone belongs to the version of before. What is being written is kept until the person reloads.
      event.preventDefault();
      note(text('states.updated'), { label: text('verbs.reload'), run: () => window.location.reload() });
    };
    window.addEventListener('vite:preloadError', tell);
    return () => window.removeEventListener('vite:preloadError', tell);
  }, [text]);
  return (
    <>
      <Outlet />
      <Announcer closeLabel={text('verbs.close')} />
    </>
  );
}
