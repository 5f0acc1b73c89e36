/** An item as it came in, not checked yet. */
export interface SourceItem {
  /** undefined: it is no JSON. */
  readonly own: unknown;
  /** What stands for it in the hash of a request: its JSON, or the text that is none. */
  readonly text: string;
  /** Of an item that stood in a spreadsheet. */
  readonly row?: SourceRow;
}

/** Where in a spreadsheet an item stood. */
export interface SourceRow {
  /** The line of a CSV file where the row begins, or the row of a worksheet, from 1. */
  readonly line: number;
  /** Cells that can't be what their column asks for; they are left out of the item. */
  readonly faults: readonly { readonly column: string; readonly param: string; readonly message: string }[];
  /** Title of the column that gives a parameter; null: no column does. */
  readonly columnOf: (param: string) => string | null;
}

/** The items of a campaign, which can be read again and again. */
export interface ItemSource {
  items(): AsyncIterable<SourceItem>;
  /** What an item that is no JSON means: a fault of that item, or the end of the whole request. */
  readonly whenNoJson: 'fault' | 'refuse';
}
