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
   * Seals a part of the texts again that were not sealed with this key, in one transaction.
   * @param part - so many at most, from behind the place where the last part ended on; null: from the beginning
   * @param seal - what `seal` throws leaves the part as it was
   * @returns how many, and the place of the last one; null: none was left behind `after`
   */
  sealAgain(
    column: SealedColumn,
    keyId: string,
    part: { readonly after: string | null; readonly limit: number },
    seal: (sealed: string) => string,
  ): Promise<{ readonly count: number; readonly last: string | null }>;
}
