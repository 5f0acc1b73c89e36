/** How far a backup that is being made has come. Rows come first, then the objects. */
export type BackupProgress =
  | { readonly step: 'rows'; readonly tables: number; readonly ofTables: number; readonly rows: number }
  | { readonly step: 'objects'; readonly objects: number; readonly bytes: number };
