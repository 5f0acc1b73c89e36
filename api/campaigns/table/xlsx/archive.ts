import type { Readable } from 'node:stream';
import yauzl, { type Entry, type ZipFile } from 'yauzl';
import { describeBytes } from '../../../uploads/limits';
import { tableFault } from '../fault';

const MIB = 1024 * 1024;
/** Most files in a workbook. */
const MOST_ENTRIES = 5_000;
/** A worksheet is read as a stream. */
export const MOST_SHEET_BYTES = 256 * MIB;
/** All other parts are in memory. */
export const MOST_PART_BYTES = 32 * MIB;

const OLD_OR_LOCKED = [0xd0, 0xcf, 0x11, 0xe0];

/** The files inside a workbook. */
export interface Archive {
  has(name: string): boolean;
  /**
   * A file as a stream, unpacked; what unpacks to more than it says ends with an error.
   * @throws AppError `invalid_campaign_items` when it is missing or larger than `mostBytes`
   */
  open(name: string, mostBytes: number): Promise<Readable>;
  close(): void;
}

/** @throws AppError `invalid_campaign_items` for bytes that are no workbook, in words */
export async function openArchive(bytes: Buffer): Promise<Archive> {
  if (OLD_OR_LOCKED.every((byte, at) => bytes[at] === byte)) {
    throw tableFault({
      line: null,
      message: 'The workbook is in the old .xls format or locked by a password. Save it as .xlsx without a password.',
    });
  }
  const { zip, entries } = await listEntries(bytes);
  return {
    has: (name) => entries.has(name),
    async open(name, mostBytes) {
      const entry = entries.get(name);
      if (entry === undefined) throw damaged();
      if (entry.uncompressedSize > mostBytes) {
        const most = describeBytes(mostBytes);
        throw tableFault({
          line: null,
          message: `The workbook unpacks to more than ${most}. Save the sheet with the items in a workbook of its own, or as CSV.`,
        });
      }
      return openEntry(zip, entry);
    },
    close: () => zip.close(),
  };
}

export function damaged(): ReturnType<typeof tableFault> {
  return tableFault({ line: null, message: 'The file is not a whole Excel workbook (.xlsx). Open it in Excel and save it again.' });
}

function listEntries(bytes: Buffer): Promise<{ readonly zip: ZipFile; readonly entries: ReadonlyMap<string, Entry> }> {
  return new Promise((resolve, reject) => {
    yauzl.fromBuffer(bytes, { lazyEntries: true, autoClose: false }, (error, zip) => {
      if (error !== null || zip.entryCount > MOST_ENTRIES) {
        reject(damaged());
        return;
      }
      const entries = new Map<string, Entry>();
      zip.on('entry', (entry: Entry) => {
        entries.set(entry.fileName, entry);
        zip.readEntry();
      });
      zip.on('error', () => reject(damaged()));
      zip.on('end', () => resolve({ zip, entries }));
      zip.readEntry();
    });
  });
}

function openEntry(zip: ZipFile, entry: Entry): Promise<Readable> {
  return new Promise((resolve, reject) => {
    zip.openReadStream(entry, (error, stream) => {
      if (error === null) resolve(stream);
      else reject(damaged());
    });
  });
}
