import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Knex } from 'knex';
import { isInvalidFunction, isInvalidStatement, isUndefined } from '../connection/sqlstate';

/** One function a file, named as the function, of which it holds the whole current text. In the source as in the build. */
const FOLDER = join(__dirname, '..', 'functions');

interface FunctionFile {
  readonly name: string;
  readonly text: string;
  readonly checksum: string;
}

/** The functions of this code whose text the database does not have yet. */
export interface FunctionUpdate {
  /** Creates what can be created; the rest waits for tables. Before the migrations, which call some and attach others to tables. */
  createPossible(): Promise<void>;
  /** Creates the rest, and drops the functions whose files are gone. After the migrations. @throws Error naming the file at fault */
  finish(): Promise<void>;
}

/** Compares the folder with what the database had from it. All happens in the transaction given, whose caller has the migrator's lock. */
export async function planFunctions(transaction: Knex.Transaction, folder: string = FOLDER): Promise<FunctionUpdate> {
  await transaction.raw(`create table if not exists schema_functions (name text collate "C" primary key, checksum text not null)`);
  // Bodies name each other and tables that are still to come: they are looked at when they are called.
  await transaction.raw('set local check_function_bodies = off');
  const files = await readFunctions(folder);
  const had = await transaction<{ name: string; checksum: string }>('schema_functions').select('name', 'checksum');
  const checksums = new Map(had.map(({ name, checksum }) => [name, checksum]));
  let waiting = files.filter((file) => checksums.get(file.name) !== file.checksum);
  let fault: Error | undefined;

  /** In as many turns as it takes: one may name another in its arguments. */
  const createPossible = async (): Promise<void> => {
    for (let before = Infinity; waiting.length < before;) {
      before = waiting.length;
      const left: FunctionFile[] = [];
      for (const file of waiting) {
        const failed = await create(transaction, file);
        if (failed === null) continue;
        left.push(file);
        fault = failed;
      }
      waiting = left;
    }
  };
  return {
    createPossible,
    finish: async () => {
      await createPossible();
      if (waiting.length > 0) throw fault ?? new Error('Functions could not be created.');
      const kept = new Set(files.map((file) => file.name));
      for (const { name } of had.filter((one) => !kept.has(one.name))) {
        for (const signature of await signaturesOf(transaction, name)) await drop(transaction, name, signature);
        await transaction('schema_functions').where({ name }).delete();
      }
    },
  };
}

async function readFunctions(folder: string): Promise<readonly FunctionFile[]> {
  const names = (await readdir(folder)).filter((file) => file.endsWith('.sql')).sort();
  return Promise.all(
    names.map(async (file) => {
      const text = await readFile(join(folder, file), 'utf8');
      return { name: file.slice(0, -'.sql'.length), text, checksum: createHash('sha256').update(text).digest('hex') };
    }),
  );
}

/** Answers null, or why it must wait. What its arguments name may be made by a migration that is still to come. @throws Error when the file is wrong */
async function create(transaction: Knex.Transaction, file: FunctionFile): Promise<Error | null> {
  const old = await signaturesOf(transaction, file.name);
  try {
    await attempt(transaction, file.text);
  } catch (error) {
    if (!isInvalidStatement(error)) throw error;
    const fault = new Error(`adapters/db/functions/${file.name}.sql: ${(error as Error).message}`, { cause: error });
    if (isUndefined(error)) return fault;
    if (!isInvalidFunction(error) || old.length === 0) throw fault;
    for (const signature of old) await drop(transaction, file.name, signature);
    await attempt(transaction, file.text);
  }
  const now = await signaturesOf(transaction, file.name);
  // With other arguments it stands beside the one it replaces.
  const replaced = now.length > 1 ? old : [];
  for (const signature of replaced) await drop(transaction, file.name, signature);
  if (now.length - replaced.length !== 1) {
    throw new Error(`adapters/db/functions/${file.name}.sql must create one function, ${file.name}.`);
  }
  await transaction('schema_functions').insert({ name: file.name, checksum: file.checksum }).onConflict('name').merge();
  return null;
}

/** What fails in a savepoint leaves the transaction as it was. The text is sent as it is, without knex looking for `?` in it. */
async function attempt(transaction: Knex.Transaction, text: string): Promise<void> {
  await transaction.transaction((savepoint) => savepoint.raw(text.replaceAll('?', '\\?')));
}

/** As `drop function` wants them: name and arguments. */
async function signaturesOf(transaction: Knex.Transaction, name: string): Promise<readonly string[]> {
  const { rows } = await transaction.raw<{ rows: readonly { signature: string }[] }>(
    `select oid::regprocedure::text as signature from pg_proc where proname = ? and pronamespace = current_schema()::regnamespace`,
    [name],
  );
  return rows.map((row) => row.signature);
}

async function drop(transaction: Knex.Transaction, name: string, signature: string): Promise<void> {
  try {
    await attempt(transaction, `drop function ${signature}`);
  } catch (error) {
    const { message, detail } = error as { message: string; detail?: string };
    throw new Error(
      `The function ${name} cannot be dropped: ${detail ?? message}. A migration must first drop what depends on it, and create it again if it is still needed.`,
      { cause: error },
    );
  }
}
