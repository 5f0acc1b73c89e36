const HEADERS_END = '\r\n\r\n';
const MOST_HEADER_BYTES = 16 * 1024;

/** Sees a multipart body go by and remembers the charset that the content type of a part declares. */
export interface PartCharsets {
  /** Each piece of the body, before the form's parser gets it. */
  see(chunk: Buffer): void;
  /** In lower case; null: the part declares none, or has not come yet. */
  of(name: string): string | null;
}

/** Busboy tells the charset of fields only, and a spreadsheet is a file. */
export function createPartCharsets(contentType: string): PartCharsets {
  const boundary = /;\s*boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType);
  const delimiter = `--${boundary?.[1] ?? boundary?.[2] ?? ''}`;
  const charsets = new Map<string, string>();
  let held = '';
  let isInHeaders = false;

  function take(headers: string): void {
    const name = /^content-disposition:[^\r\n]*;\s*name="?([^";\r\n]*)"?/im.exec(headers)?.[1];
    const charset = /^content-type:[^\r\n]*;\s*charset="?([^";\s]+)"?/im.exec(headers)?.[1];
    if (name !== undefined && charset !== undefined && !charsets.has(name)) charsets.set(name, charset.toLowerCase());
  }

  return {
    see(chunk) {
      let text = held + chunk.toString('latin1');
      for (;;) {
        const mark = isInHeaders ? HEADERS_END : delimiter;
        const at = text.indexOf(mark);
        if (at === -1) break;
        if (isInHeaders) take(text.slice(0, at));
        text = text.slice(at + mark.length);
        isInHeaders = !isInHeaders;
      }
      // Of a part's content only what may begin a delimiter is kept.
      held = text.slice(-(isInHeaders ? MOST_HEADER_BYTES : delimiter.length - 1));
    },
    of: (name) => charsets.get(name) ?? null,
  };
}
