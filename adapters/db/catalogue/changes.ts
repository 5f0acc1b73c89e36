import type { ApplyReport } from '../../../domain/config/document';

type Change = 'created' | 'updated' | 'disabled' | 'unchanged';

/** Collects what applying a document does. */
export interface Changes {
  note(change: Change, what: string): void;
  /** Did anything change that readers must see? */
  any(): boolean;
  report(version: number): ApplyReport;
}

export function createChanges(): Changes {
  const lists: Readonly<Record<Change, string[]>> = { created: [], updated: [], disabled: [], unchanged: [] };
  return {
    note: (change, what) => void lists[change].push(what),
    any: () => lists.created.length + lists.updated.length + lists.disabled.length > 0,
    report: (version) => ({ version, ...lists }),
  };
}
