import { createReadStream, createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Option, type Command } from 'commander';
import { forgedIn, knownOf, notedPoint, verifyLines, type KnownPoint, type Verdict } from '../audit/verify';
import { CliFailure, usageFailure } from '../failure';
import { wholeNumber } from '../flag-values';
import type { ApiClient } from '../http/client';
import { asText, type JsonObject } from '../json-value';
import { readPages } from '../pages';
import { table } from '../table';
import { define, type CommandHost } from './define';

interface Filters {
  readonly actor?: string;
  readonly action?: string;
  readonly object?: string;
  readonly from?: string;
  readonly to?: string;
}

interface ListFlags extends Filters {
  readonly limit: number;
  readonly after?: string;
}

interface ExportFlags extends Filters {
  readonly format: 'jsonl' | 'csv';
}

interface VerifyFlags {
  readonly file?: string;
  readonly expect?: string;
}

const PATH = '/admin/v1/audit';

/** `atelier audit ...` */
export function addAudit(program: Command, host: CommandHost): void {
  const audit = program.command('audit').description('who did what to the installation (needs the admin key)');
  define<ListFlags>(audit, host, {
    usage: 'list',
    summary: 'list administrative acts, newest first',
    examples: ['audit list', 'audit list --action key --from 2026-11-01T00:00:00Z', 'audit list --object "key:studio/*"'],
    options: (command) => {
      addFilters(command)
        .option('--limit <count>', 'maximum number of results', wholeNumber, 20)
        .option('--after <entry>', 'continue after this entry (the last one of the previous page)');
    },
    async run({ flags: { limit, actor, action, object, from, to, after }, connect, showPage }) {
      const query = { actor, action, object, from, to, after };
      const list = { path: PATH, query, cursorOf: (entry: JsonObject) => asText(entry['id']) ?? '' };
      showPage(await readPages<JsonObject>(connect('admin').client, list, limit), 'No entries.', (entries) =>
        table(['TIME', 'ACTOR', 'VIA', 'ACTION', 'OBJECT', 'FROM', 'ENTRY'], entries.map(lineOf)),
      );
      return 0;
    },
  });
  define<VerifyFlags>(audit, host, {
    usage: 'verify',
    summary: 'prove that no entry was changed, added or taken away; exit code 1 at the first one where that is not so',
    examples: ['audit verify', 'audit verify --expect audit_1234:0c5f…', 'audit verify --file audit.jsonl'],
    options: (command) => {
      command
        .option('--file <file>', 'look at an export (JSONL) instead of an installation')
        .option('--expect <head>', 'the chain must hold this head: the one that an earlier verification printed');
    },
    async run({ flags: { file, expect }, connect, show }) {
      const noted = expect === undefined ? [] : [notedPoint(expect) ?? badHead(expect)];
      const { verdict, forged } =
        file === undefined ? await verifyInstallation(connect('admin').client, noted) : await verifyFile(file, noted);
      const { fault, entries, forgotten, last } = verdict;
      const head = `audit_${String(last.seq)}:${last.hash}`;
      const isRight = fault === null && forged.length === 0;
      show({ ok: isRight, entries, forgotten_addresses: forgotten, head, fault, forged_anchors: forged }, () =>
        [
          isRight ? `✓ ${String(entries)} entries, and none was changed, added or taken away.` : '✗ The audit log is not whole.',
          ...(fault === null ? [] : [`  ${fault.id}: ${fault.message}`]),
          ...forged.map((place) => `  The head in the ${place} was not signed with this installation's master key.`),
          ...(isRight && entries > 0 ? [`  Head, to note elsewhere and give as --expect: ${head}`] : []),
        ].join('\n'),
      );
      return isRight ? 0 : 1;
    },
  });
  define<ExportFlags>(audit, host, {
    usage: 'export <file>',
    summary: 'write entries into a file, in the order of the chain',
    examples: ['audit export audit.jsonl', 'audit export november.csv --format csv --from 2026-11-01T00:00:00Z'],
    options: (command) => {
      addFilters(command).addOption(
        new Option('--format <format>', 'jsonl: as verify reads it; csv: for spreadsheets').choices(['jsonl', 'csv']).default('jsonl'),
      );
    },
    async run({ args, flags: { actor, action, object, from, to, format }, connect, output }) {
      const file = args[0] ?? '';
      await save(await openExport(connect('admin').client, { actor, action, object, from, to, format }), file);
      output.note(`The entries are in ${file}.`);
      return 0;
    },
  });
}

function addFilters(command: Command): Command {
  return command
    .option('--actor <actor>', 'by this one: admin_key, an e-mail, user:user_…, config_file, system')
    .option('--action <action>', 'of this action, such as key.rotate, or of a kind, such as key')
    .option('--object <object>', 'on this object, such as key:studio/site; "key:studio/*" for all that begin so')
    .option('--from <time>', 'from this time on, such as 2026-11-24T12:00:00Z')
    .option('--to <time>', 'before this time');
}

interface Examined {
  readonly verdict: Verdict;
  /** Where signed heads are kept that nobody of this installation signed. */
  readonly forged: readonly string[];
}

/** The head is asked for first: what is done meanwhile comes after it. */
async function verifyInstallation(client: ApiClient, noted: readonly KnownPoint[]): Promise<Examined> {
  const head = await client.call({ path: `${PATH}/head` });
  const lines = await openExport(client, { format: 'jsonl' });
  return { verdict: await verifyLines(lines, [...knownOf(head), ...noted]), forged: forgedIn(head) };
}

async function verifyFile(file: string, noted: readonly KnownPoint[]): Promise<Examined> {
  try {
    return { verdict: await verifyLines(createReadStream(file), noted), forged: [] };
  } catch (error) {
    throw new CliFailure(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`, { code: 'file' });
  }
}

async function openExport(client: ApiClient, query: Readonly<Record<string, string | undefined>>): Promise<Readable> {
  const { body } = await client.open({ path: PATH, query });
  return body === null ? Readable.from([]) : Readable.fromWeb(body);
}

async function save(lines: Readable, file: string): Promise<void> {
  const part = `${file}.part`;
  try {
    await pipeline(lines, createWriteStream(part));
    await rename(part, file);
  } catch (error) {
    await rm(part, { force: true });
    throw new CliFailure(`The entries could not be written to ${file}: ${error instanceof Error ? error.message : String(error)}`, {
      code: 'file',
    });
  }
}

function badHead(text: string): never {
  throw usageFailure(`--expect ${JSON.stringify(text)} is no head. It looks like audit_12: and 64 hexadecimal digits.`);
}

function lineOf(entry: JsonObject): readonly string[] {
  const text = (name: string): string => asText(entry[name]) ?? '';
  return [
    text('at').slice(0, 19).replace('T', ' '),
    asText(entry['actor_name']) ?? text('actor'),
    text('via'),
    text('action'),
    text('object'),
    text('ip'),
    text('id'),
  ];
}
