import { openAsBlob } from 'node:fs';
import { stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { parse } from 'yaml';
import { usageFailure, type CliFailure } from '../failure';
import { asObject, type JsonObject } from '../json-value';
import { readTextFile } from '../text-file';

/** A campaign from a file. */
export interface CampaignFile {
  /** All but the items; empty for a file that holds items alone. */
  readonly campaign: JsonObject;
  /** JSONL, read from the disk while it is sent where the file is JSONL itself. */
  readonly items: Blob;
  /** Of the part of the form; its ending says how the items are written. */
  readonly name: string;
  readonly isSpreadsheet: boolean;
}

/** Content types of spreadsheets, by their endings. */
const SPREADSHEETS: Readonly<Record<string, string>> = {
  '.csv': 'text/csv',
  '.tsv': 'text/tab-separated-values',
  '.xlsx': 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
};
const JSONL = { name: 'items.jsonl', isSpreadsheet: false } as const;

const KINDS =
  'A campaign is a .csv or .xlsx spreadsheet, a .jsonl file (one item per line), or a .json or .yaml file with a list of items or {"items": [...]}.';

/** Reads a campaign file by its ending. @throws CliFailure `usage` for what cannot be read */
export async function readCampaignFile(path: string): Promise<CampaignFile> {
  const kind = extname(path).toLowerCase();
  const found = await stat(path).catch((error: unknown) => {
    throw unreadable(path, error);
  });
  if (!found.isFile()) throw usageFailure(`${path} is not a file.`, KINDS);
  if (kind === '.jsonl' || kind === '.ndjson')
    return { campaign: {}, items: await openAsBlob(path, { type: 'application/x-ndjson' }), ...JSONL };
  const type = SPREADSHEETS[kind];
  if (type !== undefined) return { campaign: {}, items: await openAsBlob(path, { type }), name: `items${kind}`, isSpreadsheet: true };
  if (kind !== '.json' && kind !== '.yaml' && kind !== '.yml')
    throw usageFailure(`${path} ends in ${kind === '' ? 'nothing' : kind}.`, KINDS);
  const text = await readTextFile(path, path, KINDS);
  return splitCampaign(path, parseText(path, text, kind));
}

function parseText(path: string, text: string, kind: string): unknown {
  try {
    // JSON is YAML too, but thousands of items are read faster by its own parser.
    return kind === '.json' ? (JSON.parse(text) as unknown) : parse(text);
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split('\n')[0] ?? '') : '';
    throw usageFailure(`${path} cannot be parsed: ${reason}`, KINDS);
  }
}

function splitCampaign(path: string, value: unknown): CampaignFile {
  const { items, ...campaign } = Array.isArray(value) ? { items: value as readonly unknown[] } : (asObject(value) ?? {});
  if (!Array.isArray(items)) throw usageFailure(`${path} contains no list of items.`, KINDS);
  const lines = items.map((item) => `${JSON.stringify(item)}\n`);
  return { campaign, items: new Blob(lines, { type: 'application/x-ndjson' }), ...JSONL };
}

function unreadable(path: string, error: unknown): CliFailure {
  return usageFailure(`${path} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unreadable'}).`, KINDS);
}
