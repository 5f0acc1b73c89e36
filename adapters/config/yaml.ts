import { isAlias, LineCounter, parseAllDocuments, visit, type Document } from 'yaml';
import type { ConfigFault } from '../../domain/config/document';

/** More text than any configuration needs: a megabyte is some ten thousand models. */
const MOST_CHARACTERS = 4_000_000;

export type YamlOutcome = { readonly value: unknown } | { readonly faults: readonly ConfigFault[] };

/**
 * Reads one YAML 1.2 document as plain data. Faults name the line; they never quote the text, which may hold a secret. Anchors are
 * refused: a configuration needs none, and nested ones grow without end.
 */
export function readYaml(text: string): YamlOutcome {
  if (text.length > MOST_CHARACTERS) {
    return fault('(file)', `is larger than ${MOST_CHARACTERS} characters`);
  }
  const lines = new LineCounter();
  const parsed = parseAllDocuments(text.replace(/^\uFEFF/, ''), {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: true,
    merge: false,
  });
  const documents: readonly Document[] = 'empty' in parsed ? [] : parsed;
  const [document, second] = documents;
  if (document === undefined || document.contents === null) {
    return fault('(file)', 'is empty: providers and models are required');
  }
  if (second !== undefined) {
    return fault(place(lines, second.range?.[0] ?? 0), 'starts a second YAML document; a configuration is one document');
  }
  const problems = [...document.errors, ...document.warnings];
  if (problems.length > 0) {
    return { faults: problems.map((problem) => ({ path: place(lines, problem.pos[0]), message: explain(problem.code) })) };
  }
  const aliases = aliasPlaces(document, lines);
  return aliases.length > 0
    ? { faults: aliases.map((path) => ({ path, message: 'uses a YAML alias (*name); write the value out' })) }
    : { value: document.toJS() as unknown };
}

function aliasPlaces(document: Document, lines: LineCounter): readonly string[] {
  const places: string[] = [];
  visit(document, (_key, node) => {
    if (isAlias(node)) {
      places.push(place(lines, node.range?.[0] ?? 0));
    }
  });
  return places;
}

function place(lines: LineCounter, offset: number): string {
  const { line, col } = lines.linePos(offset);
  return `line ${line}, column ${col}`;
}

/** The library's own messages quote the text at fault. */
function explain(code: string): string {
  const known: Readonly<Record<string, string>> = {
    DUPLICATE_KEY: 'the same key is given twice in one mapping',
    BAD_INDENT: 'the indentation does not fit the lines above, or a bracket above is not closed',
    TAB_AS_INDENT: 'is indented with a tab; YAML takes spaces only',
    MISSING_CHAR: 'a bracket, brace, quote, comma or colon is missing (a value with ${...} inside braces needs quotes)',
    UNEXPECTED_TOKEN: 'is not expected here (a value that starts with a special character needs quotes)',
    MULTILINE_IMPLICIT_KEY: 'a key runs over the end of its line; a quote or a colon may be missing',
    BLOCK_AS_IMPLICIT_KEY: 'two keys on one line, or a wrong indentation',
    BAD_ALIAS: 'uses a YAML alias (*name); write the value out',
    BAD_DQ_ESCAPE: 'contains an unknown escape inside double quotes; single quotes take the text literally',
    TAG_RESOLVE_FAILED: 'uses a YAML tag (!name) that is not known here',
  };
  return known[code] ?? `is not valid YAML (${code})`;
}

function fault(path: string, message: string): YamlOutcome {
  return { faults: [{ path, message }] };
}
