import type { Asset } from '../task/task';
import type { Page } from '../task/store';

/** A stored file as its team knows it. */
export interface LibraryAsset extends Asset {
  /** null: nobody named it. */
  readonly name: string | null;
  readonly tags: readonly string[];
  readonly favourite: boolean;
}

/** What people change of a file; absent: stays as it is. */
export interface AssetChanges {
  /** null: takes the name away. */
  readonly name?: string | null;
  readonly tags?: readonly string[];
  readonly favourite?: boolean;
}

/** What chooses files; several filters must all fit. Files that were deleted or whose retention has passed fit none. */
export interface AssetFilter {
  /** null: of all teams. */
  readonly teamId: number | null;
  readonly kind?: Asset['kind'];
  /** Files that were given for something, and are of no use by themselves; absent: all others. */
  readonly purpose?: NonNullable<Asset['purpose']>;
  /** Words of the name, the tags, or the prompt of the task that made it. */
  readonly q?: string;
  /** All of these. */
  readonly tags?: readonly string[];
  readonly favourite?: boolean;
  /** `version` absent: any. */
  readonly template?: { readonly name: string; readonly version?: number };
  readonly campaignId?: string;
  readonly taskId?: string;
  readonly createdAfter?: Date;
  readonly createdBefore?: Date;
  /** Id of the last file of the page before. */
  readonly after?: string;
  /** 1..100 */
  readonly limit: number;
}

/** What names a file, so that deleting the file takes something away from it. */
export type AssetDependent =
  /** Its versions render with the file for good. */
  | { readonly type: 'template'; readonly id: string; readonly name: string; readonly versions: readonly number[] }
  | { readonly type: 'schedule'; readonly id: string; readonly name: string | null }
  /** Items that have not started. */
  | { readonly type: 'campaign'; readonly id: string; readonly name: string | null; readonly items: number }
  /** `isOpen`: it has not ended. One that has could not be replayed any more. */
  | { readonly type: 'task'; readonly id: string; readonly isOpen: boolean };

/** True for what would break without the file: nothing deletes it while there is one. */
export function isBroken(dependent: AssetDependent): boolean {
  return dependent.type !== 'task' || dependent.isOpen;
}

export type DeleteOutcome =
  | { readonly kind: 'deleted' }
  | { readonly kind: 'missing' }
  /** Nothing changed. Of very many the first 100. */
  | { readonly kind: 'needed'; readonly dependents: readonly AssetDependent[] };

/** A file that another was made of, or that was made of another. */
export interface Relation {
  readonly asset: LibraryAsset;
  /** The file on the other side. */
  readonly of: string;
  /** Steps from the file that was asked about, from 1. */
  readonly depth: number;
  /** The task that made the younger one of the two. */
  readonly taskId: string;
}

/** A file's kin; each file once, the nearest first. */
export interface Lineage {
  readonly parents: readonly Relation[];
  readonly children: readonly Relation[];
  /** False: there are more than `MOST_RELATIONS` on a side, or more steps than `MOST_STEPS`. */
  readonly isComplete: boolean;
}
export const MOST_RELATIONS = 200;
export const MOST_STEPS = 12;

/** The files of teams, for people. */
export interface AssetLibrary {
  /** `teamId` null: any team's. Null: none, another team's, or one that was deleted. */
  get(id: string, teamId: number | null): Promise<LibraryAsset | null>;
  /** Newest first. @throws AppError `invalid_value` for a `q` without a word */
  list(filter: AssetFilter): Promise<Page<LibraryAsset>>;
  /** @returns the file as it is now; null: as `get` */
  change(id: string, teamId: number | null, changes: AssetChanges): Promise<LibraryAsset | null>;
  /** Deletes a file: its bytes are removed soon. @param force - also when ended tasks name it; never what would break (`isBroken`) */
  remove(id: string, teamId: number | null, force: boolean): Promise<DeleteOutcome>;
  lineage(asset: Asset): Promise<Lineage>;
}
