/** A file for browsers, whole in memory. */
export interface WebFile {
  readonly contentType: string;
  readonly bytes: Uint8Array;
  /** The same, compressed; null where that saves nothing. */
  readonly gzip: Uint8Array | null;
  /** Quoted, of the content. */
  readonly etag: string;
  /** Its name has the hash of its content: what the name stands for never changes. */
  readonly isImmutable: boolean;
}

/** Files by their path below the folder, with slashes: "assets/index-B1x2.js". */
export type WebFiles = ReadonlyMap<string, WebFile>;
