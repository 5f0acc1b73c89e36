import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router';
import { meQuery } from '../api/session';
import { keptSearch, readSearch, writeSearch } from '../lib/page';
import { paths } from '../lib/paths';
import { loadTexts } from '../lib/text';
import { Boundary, NothingHere } from './boundary';
import { Home } from './home';
import { PAGES, type KnownPage } from './page-routes';
import { queryClient } from './query-client';
import { Root } from './root';
import { Shell } from './shell';

const root = createRootRoute({ component: Root, notFoundComponent: NothingHere, errorComponent: Boundary });

/** Everything behind the sign-in. */
const inside = createRoute({
  getParentRoute: () => root,
  id: 'inside',
  component: Shell,
  errorComponent: Boundary,
  notFoundComponent: NothingHere,
  beforeLoad: async ({ location }) => {
    const me = await queryClient.query({ ...meQuery, staleTime: 'static' });
    if (me === null) throw redirect({ href: `/console${paths.signIn(location.publicHref.replace(/^\/console/, ''))}` });
  },
});

const home = createRoute({ getParentRoute: () => inside, path: '/', component: Home });

/** A path that no page has: without it the nearest page above would be shown. */
const lost = createRoute({ getParentRoute: () => inside, path: '$', component: NothingHere });

function routeOf({ page, load }: KnownPage, parent: 'inside' | 'root') {
  return createRoute({
    getParentRoute: () => (parent === 'inside' ? inside : root),
    path: page.path,
    validateSearch: (raw: Record<string, unknown>) => keptSearch(page, raw),
    loader: () => loadTexts(page.text),
    component: lazyRouteComponent(load, 'Page'),
    errorComponent: Boundary,
    notFoundComponent: NothingHere,
    staticData: { page },
  });
}

const open = PAGES.filter(({ page }) => page.isOpen === true).map((known) => routeOf(known, 'root'));
const behind = PAGES.filter(({ page }) => page.isOpen !== true).map((known) => routeOf(known, 'inside'));

export const router = createRouter({
  routeTree: root.addChildren([...open, inside.addChildren([home, ...behind, lost])]),
  basepath: '/console',
  parseSearch: readSearch,
  stringifySearch: writeSearch,
  defaultPreload: 'intent',
  scrollRestoration: true,
});
