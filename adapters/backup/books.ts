import type { BackupManifest, BackupTable, BookSums } from '../../domain/backup/manifest';
import { linesOf } from './parts';

interface Balance {
  granted: bigint;
  held: bigint;
  spent: bigint;
}

/** Proves the books of a backup from its rows alone. Fed with the rows of the tables as they are read. */
export interface BooksCheck {
  /** Hands the rows of a table on, and notes what they say of money. */
  watch(table: BackupTable, rows: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array>;
  /** What does not add up, when all has been read; empty: all does. */
  problems(books: BackupManifest['books']): readonly string[];
}

const MOST_PROBLEMS = 20;

export function createBooksCheck(): BooksCheck {
  const balances = new Map<string, Balance>();
  const moved = new Map<string, Balance>();
  let entries = 0;

  function account(fields: Fields): void {
    balances.set(fields('id'), { granted: BigInt(fields('granted')), held: BigInt(fields('held')), spent: BigInt(fields('spent')) });
  }

  function movement(fields: Fields): void {
    entries += 1;
    const [granted, held, spent] = [BigInt(fields('granted_delta')), BigInt(fields('held_delta')), BigInt(fields('spent_delta'))];
    for (const id of fields('account_ids').slice(1, -1).split(',')) {
      const sum = moved.get(id) ?? { granted: 0n, held: 0n, spent: 0n };
      sum.granted += granted;
      sum.held += held;
      sum.spent += spent;
      moved.set(id, sum);
    }
  }

  return {
    watch(table, rows) {
      if (table.name === 'accounts') return tee(table, rows, account);
      return table.partition?.of === 'ledger' ? tee(table, rows, movement) : rows;
    },
    problems(books) {
      const problems: string[] = [];
      for (const id of new Set([...balances.keys(), ...moved.keys()])) {
        const [balance, sum] = [textOf(balances.get(id)), textOf(moved.get(id))];
        if (balance !== sum) problems.push(`Account ${id} says ${balance}; its ledger rows sum to ${sum}.`);
      }
      const found = sumsOf([...balances.values()], balances.size, entries);
      if (JSON.stringify(found) !== JSON.stringify(ordered(books))) {
        problems.push(`The rows add up to ${JSON.stringify(found)}; the manifest says ${JSON.stringify(ordered(books))}.`);
      }
      return problems.slice(0, MOST_PROBLEMS);
    },
  };
}

type Fields = (column: string) => string;

/** Numbers and lists of numbers have no character that COPY's text format would escape. */
async function* tee(table: BackupTable, rows: AsyncIterable<Uint8Array>, take: (fields: Fields) => void): AsyncGenerator<Uint8Array> {
  const places = new Map(table.columns.map((column, index) => [column, index]));
  const bytes: Uint8Array[] = [];
  async function* passing(): AsyncGenerator<Uint8Array> {
    for await (const chunk of rows) {
      bytes.push(chunk);
      yield chunk;
    }
  }
  for await (const line of linesOf(passing())) {
    const values = line.split('\t');
    take((column) => values[places.get(column) ?? -1] ?? '');
    yield* bytes.splice(0);
  }
  yield* bytes;
}

function sumsOf(balances: readonly Balance[], accounts: number, entries: number): BookSums {
  const sum = (of: keyof Balance): string => String(balances.reduce((total, balance) => total + balance[of], 0n));
  return { accounts, entries, granted: sum('granted'), held: sum('held'), spent: sum('spent') };
}

function ordered({ accounts, entries, granted, held, spent }: BookSums): BookSums {
  return { accounts, entries, granted, held, spent };
}

function textOf(balance: Balance = { granted: 0n, held: 0n, spent: 0n }): string {
  return `granted ${String(balance.granted)}, held ${String(balance.held)}, spent ${String(balance.spent)}`;
}
