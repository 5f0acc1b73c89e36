import type { Page } from '../task/store';

/** What a file is for. `batch_output`: made by a batch, never uploaded. */
export const FILE_PURPOSES = ['batch', 'user_data', 'vision', 'batch_output'] as const;
export type FilePurpose = (typeof FILE_PURPOSES)[number];

/** A file that a team keeps, in the object store. Ids: `file-` + 32 hex digits that rise with time. */
export interface StoredFile {
  readonly id: string;
  readonly teamId: number;
  readonly purpose: FilePurpose;
  /** As the client named it. */
  readonly filename: string;
  readonly contentType: string;
  readonly sizeBytes: number;
  /** Of the content, hex. */
  readonly sha256: string;
  /** Of its object. */
  readonly key: string;
  readonly createdAt: Date;
  /** When it is removed: its own end or that of the team's retention, whichever is first; null: never. */
  readonly expiresAt: Date | null;
}

/** A file that is stored as an object already. */
export type NewFile = Omit<StoredFile, 'createdAt' | 'expiresAt'> & {
  /** null: as long as the team keeps anything. */
  readonly expiresAfterS: number | null;
};

/** The files of teams, in Postgres. What has expired is answered as if it did not exist, also before it is removed. */
export interface FileStore {
  /**
   * Makes a stored object known as a file.
   * @param mostBytes - what the files of the team may have together
   * @returns null when they would have more: nothing was kept
   */
  keep(file: NewFile, mostBytes: number): Promise<StoredFile | null>;
  /** `teamId` null: any team's. */
  get(id: string, teamId: number | null): Promise<StoredFile | null>;
  list(filter: {
    /** null: of all teams. */
    readonly teamId: number | null;
    readonly purpose?: FilePurpose;
    readonly order: 'asc' | 'desc';
    readonly after?: string;
    readonly limit: number;
  }): Promise<Page<StoredFile>>;
  /** Forgets the file and gives up its object. False: there is no such file. */
  remove(id: string, teamId: number | null): Promise<boolean>;
}

/** The id of the file of a fresh `newId('file')`: OpenAI's ids have a dash. */
export function fileId(newId: (prefix: string) => string): string {
  return newId('file').replace('_', '-');
}

/** Where the content of a file lies. */
export function fileKey(id: string): string {
  return `files/${id}/0`;
}
