import type { ComponentType } from 'react';
import type { Page } from '../lib/page';

/** What a page's `page.tsx` exports. */
interface PageModule {
  readonly Page: ComponentType;
}

const described = import.meta.glob<Page>('../pages/**/route.ts', { eager: true, import: 'page' });
const components = import.meta.glob<PageModule>('../pages/**/page.tsx');

export interface KnownPage {
  readonly page: Page;
  readonly load: () => Promise<PageModule>;
}

/** Every folder under `pages/`: a new one is a new page, and nothing here changes. */
export const PAGES: readonly KnownPage[] = Object.entries(described).map(([file, page]) => {
  const load = components[file.replace(/route\.ts$/, 'page.tsx')];
  if (load === undefined) throw new Error(`${file} has no page.tsx beside it.`);
  return { page, load };
});
