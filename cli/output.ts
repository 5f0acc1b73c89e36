/** A terminal, pipe or file to write to. */
export interface Sink {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** The one way in which commands speak: results on stdout, everything else on stderr. */
export interface Output {
  /** A line of the result, for people. */
  readonly line: (text: string) => void;
  /** The result for programs: one JSON document, and nothing else on stdout. */
  readonly json: (document: unknown) => void;
  /** A document on a line of its own, for commands that go on running. */
  readonly jsonLine: (document: unknown) => void;
  /** Progress, hints and errors. */
  readonly note: (text: string) => void;
  /** Where progress is drawn. */
  readonly screen: Sink;
}

export function createOutput(stdout: Sink, stderr: Sink): Output {
  return {
    line: (text) => void stdout.write(`${text}\n`),
    json: (document) => void stdout.write(`${JSON.stringify(document, null, stdout.isTTY === true ? 2 : undefined)}\n`),
    jsonLine: (document) => void stdout.write(`${JSON.stringify(document)}\n`),
    note: (text) => void stderr.write(`${text}\n`),
    screen: stderr,
  };
}
