import { useRouter, useRouterState, type RouterHistory } from '@tanstack/react-router';

/** Where the console lives. */
export const BASE = '/console';

/** Goes to a path of `lib/paths`. Written as it stands: names in it are encoded once. */
export function useGo(): (to: string, how?: 'push' | 'replace') => void {
  // The tree of routes is made of folders, so the router's own type is not known here.
  const history = useRouter().history as RouterHistory;
  return (to, how = 'push') => history[how](`${BASE}${to}`);
}

/** The path of the page that is shown, after `/console`, as the address bar has it. */
export function useHere(): string {
  const path = useRouterState({ select: ({ location }) => location.publicHref });
  const end = path.search(/[?#]/);
  const plain = end === -1 ? path : path.slice(0, end);
  return plain.startsWith(BASE) ? plain.slice(BASE.length) : plain;
}
