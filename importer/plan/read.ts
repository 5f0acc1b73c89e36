import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { parse } from 'yaml';
import { AppError } from '../../domain/errors';
import { ENTRY_SCHEMAS, HEAD_SCHEMA, type PlanHeadFacts } from './schema';
import { PLAN_LISTS, type PlanList, type PlanLists } from './plan';

/** A plan as a person left it. */
export interface Plan {
  readonly head: PlanHeadFacts;
  /** The entries of a list one by one, however many there are; each call reads the file again. @throws AppError `invalid_value` with the line */
  entries<List extends PlanList>(list: List): AsyncIterable<PlanLists[List]>;
}

/** @throws AppError `invalid_value` that names the file and what is wrong with it */
export async function readPlan(file: string): Promise<Plan> {
  let text = '';
  for await (const section of sectionsOf(file)) if (section.list === null) text += `${section.line}\n`;
  const parsed = HEAD_SCHEMA.safeParse(parseAt(file, 1, text));
  if (!parsed.success) throw invalid(file, 1, parsed.error.issues[0]);
  return {
    head: parsed.data,
    async *entries(list) {
      const schema = ENTRY_SCHEMAS[list];
      for await (const { lines, at } of itemsOf(file, list)) {
        const items: unknown = asWritten(lines) ?? parseAt(file, at, lines.join('\n'));
        for (const item of Array.isArray(items) ? items : []) {
          const checked = schema.safeParse(item);
          if (!checked.success) throw invalid(file, at, checked.error.issues[0]);
          yield checked.data as PlanLists[typeof list];
        }
      }
    },
  };
}

interface SectionLine {
  /** The list that the line belongs to; null: what stands beside the lists. */
  readonly list: PlanList | null;
  readonly line: string;
  readonly at: number;
  /** The line that names the list. */
  readonly isStart: boolean;
}

const KEY = /^(?:"?)([A-Za-z_]\w*)(?:"?)\s*:(.*)$/;

async function* sectionsOf(file: string): AsyncGenerator<SectionLine> {
  const stream = createReadStream(file, 'utf8');
  const opened = new Promise<void>((resolve, reject) => stream.once('open', () => resolve()).once('error', reject));
  await opened.catch((error: unknown) => {
    throw new AppError(
      'invalid_value',
      `The plan ${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unreadable'}).`,
      {},
      error,
    );
  });
  let list: PlanList | null = null;
  let at = 0;
  for await (const line of createInterface({ input: stream, crlfDelay: Infinity })) {
    at += 1;
    const key = KEY.exec(line)?.[1];
    if (key !== undefined) list = PLAN_LISTS.find((name) => name === key) ?? null;
    yield { list, line, at, isStart: key !== undefined };
  }
}

/** The text of each entry of a list; of a list that is written on its first line, all of it. */
async function* itemsOf(file: string, wanted: PlanList): AsyncGenerator<{ readonly lines: readonly string[]; readonly at: number }> {
  let lines: string[] = [];
  let begun = 0;
  let indent: string | null = null;
  for await (const { list, line, at, isStart } of sectionsOf(file)) {
    if (list !== wanted) continue;
    if (isStart) {
      const rest =
        KEY.exec(line)?.[2]
          ?.replace(/\s#.*$/, '')
          .trim() ?? '';
      if (rest !== '') {
        lines = [rest];
        indent = '';
        begun = at;
      }
      continue;
    }
    const dash = /^(\s*)-(\s|$)/.exec(line);
    if (dash !== null && (indent === null || dash[1] === indent) && !(lines[0]?.startsWith('[') === true)) {
      if (lines.length > 0) yield { lines, at: begun };
      indent = dash[1] ?? '';
      lines = [];
      begun = at;
    }
    lines.push(line);
  }
  if (lines.length > 0) yield { lines, at: begun };
}

/** An entry as the plan was written, one on a line in JSON: read many times faster than as YAML, which it is too. Null: a person wrote it. */
function asWritten(lines: readonly string[]): readonly unknown[] | null {
  const [, json] = lines.length === 1 ? (/^\s*- (\{.*\})\s*$/.exec(lines[0] ?? '') ?? []) : [];
  if (json === undefined) return null;
  try {
    return [JSON.parse(json) as unknown];
  } catch {
    return null;
  }
}

function parseAt(file: string, at: number, text: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    const [reason = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
    throw new AppError('invalid_value', `${file}, line ${String(at)}: ${reason}`, {}, error);
  }
}

function invalid(
  file: string,
  at: number,
  issue: { readonly path: readonly PropertyKey[]; readonly message: string } | undefined,
): AppError {
  const place = (issue?.path ?? []).map(String).join('.');
  return new AppError('invalid_value', `${file}, line ${String(at)}: ${place === '' ? '' : `${place}: `}${issue?.message ?? 'is no plan'}`);
}
