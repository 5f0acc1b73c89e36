/** A column of sealed texts (`v1:<key id>:…`). */
export interface SealedColumn {
  readonly table: string;
  readonly column: string;
}

/** The rows that hold secrets. */
export interface SecretRows {
  columns(): Promise<readonly SealedColumn[]>;
  /** How many texts were sealed with which key, by its id. */
  count(column: SealedColumn): Promise<ReadonlyMap<string, number>>;
  /**
   * Seals a part of the texts again that were not sealed with this key, in one transaction; answers how many, 0 when none is left.
   * @param seal - what `seal` throws leaves the part as it was
   */
  sealAgain(column: SealedColumn, keyId: string, limit: number, seal: (sealed: string) => string): Promise<number>;
}
