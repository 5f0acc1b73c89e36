import type { ClientBase, Connection, FieldDef, Submittable, TypeOverrides } from 'pg';
import pg from 'pg';

interface Column {
  readonly name: string;
  readonly parse: (text: string) => unknown;
}

/** What pg's client hands to the statement that runs. */
interface Listener {
  handleRowDescription(message: { readonly fields: readonly FieldDef[] }): void;
  handleDataRow(message: { readonly fields: readonly (string | null)[] }): void;
  handleReadyForQuery(): void;
  handleError(error: Error): void;
}

/** The parts of pg's connection that its types leave out. */
type Wire = Connection & { readonly parsedStatements: Readonly<Record<string, unknown>> };

/** As pg's own statements write their values. */
const { prepareValue } = (pg as unknown as { readonly utils: { readonly prepareValue: (value: unknown) => unknown } }).utils;

/** What the statements of a connection answer, by their names: a prepared statement's columns never change. */
const columnsOf = new WeakMap<ClientBase, Map<string, readonly Column[]>>();

/**
 * Runs a statement that is prepared once per connection. pg's own asks for the columns, and builds its parsers, each time; this one remembers them. A lone
 * request is two such statements.
 * @returns all rows
 */
export function runPrepared(client: ClientBase, types: TypeOverrides, name: string, text: string, values: readonly unknown[]) {
  return new Promise<object[]>((resolve, reject) => {
    const known = columnsOf.get(client) ?? new Map<string, readonly Column[]>();
    columnsOf.set(client, known);
    const prepared = values.map(prepareValue);
    const rows: (readonly (string | null)[])[] = [];

    function submit(connection: Connection): void {
      const wire = connection as Wire;
      // One packet for all of it.
      wire.stream.cork();
      if (wire.parsedStatements[name] === undefined) wire.parse({ name, text, types: [] }, true);
      wire.bind({ statement: name, values: prepared as string[] }, true);
      if (!known.has(name)) wire.describe({ type: 'P', name: '' }, true);
      wire.execute({}, true);
      wire.sync();
      wire.stream.uncork();
    }

    const statement: Submittable & Listener & Record<string, unknown> = {
      name,
      text,
      submit,
      handleRowDescription({ fields }) {
        known.set(
          name,
          fields.map((field) => ({ name: field.name, parse: types.getTypeParser(field.dataTypeID, 'text') as unknown as Column['parse'] })),
        );
      },
      handleDataRow: ({ fields }) => void rows.push(fields),
      handleCommandComplete: () => undefined,
      handleReadyForQuery() {
        try {
          const columns = known.get(name) ?? [];
          resolve(rows.map((row) => objectOf(columns, row)));
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      },
      handleError: reject,
    };
    client.query(statement);
  });
}

function objectOf(columns: readonly Column[], values: readonly (string | null)[]): object {
  const row: Record<string, unknown> = {};
  for (const [index, { name, parse }] of columns.entries()) {
    const value = values[index] ?? null;
    row[name] = value === null ? null : parse(value);
  }
  return row;
}
