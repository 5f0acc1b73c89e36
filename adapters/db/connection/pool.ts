import { escapeLiteral, Pool, TypeOverrides, types } from 'pg';
import type { PoolClient } from 'pg';
import type { Act, ActScope } from '../../../domain/audit/act';
import type { HealthProbe } from '../../../domain/upkeep';
import { within } from '../../../lib/time';
import { createActs } from './acts';
import { runPrepared } from './prepared';
import { isClash, translate } from './sqlstate';

/** Values of a statement; JSON goes as text, bigint as it is. */
export type SqlValues = readonly unknown[];

/** Runs statements: on the pool, or inside one transaction. */
export interface Sql {
  /** All rows. `int8` comes as bigint, `json` parsed, times as Date. */
  query<Row extends object>(text: string, values?: SqlValues): Promise<readonly Row[]>;
  /** As `query`, prepared once per connection under `name`. */
  named<Row extends object>(name: string, text: string, values: SqlValues): Promise<readonly Row[]>;
}

export interface SqlPool extends Sql {
  /** Says who does what is asked of these connections, for the audit log. */
  readonly acts: ActScope;
  /** Runs `work` in one transaction; it may run again after a clash with another, so it does nothing but SQL. */
  transaction<T>(work: (sql: Sql) => Promise<T>, mode?: 'read committed' | 'repeatable read'): Promise<T>;
  /** How this process's connections are used now. */
  connections(): { readonly inUse: number; readonly waiting: number; readonly max: number };
  close(): Promise<void>;
}

export interface PoolOptions {
  readonly url: string;
  /** Most connections of this process. */
  readonly poolMax: number;
  readonly applicationName: string;
  /** Of a process that says it lives: its listening connection holds a lock by this name, which goes with the process. */
  readonly instanceId?: string;
}

const CONNECT_TIMEOUT_MS = 5_000;
const STATEMENT_TIMEOUT_MS = 15_000;
const LOCK_TIMEOUT_MS = 10_000;
const IDLE_IN_TRANSACTION_MS = 30_000;
/** A clash rolls everything back, and one of those that clashed went on. Only statements that wait while budgets are set repeat more than once. */
const CLASH_REPEATS = 10;

/** How every connection of the process reads values. */
function typeParsers(): TypeOverrides {
  const overrides = new TypeOverrides();
  overrides.setTypeParser(types.builtins.INT8, (text: string) => BigInt(text));
  return overrides;
}

async function withRepeats<T>(work: () => Promise<T>): Promise<T> {
  for (let repeat = 0; ; repeat += 1) {
    try {
      return await work();
    } catch (error) {
      if (!isClash(error) || repeat >= CLASH_REPEATS) throw translate(error);
    }
  }
}

/** How statements are run: as they are, and prepared under a name. */
interface Runner {
  run(text: string, values: unknown[]): Promise<{ rows: object[] }>;
  prepared(name: string, text: string, values: SqlValues): Promise<object[]>;
}

function sqlOf(runner: Runner): Sql {
  return {
    query: async <Row extends object>(text: string, values: SqlValues = []) => (await runner.run(text, [...values])).rows as Row[],
    named: async <Row extends object>(name: string, text: string, values: SqlValues) =>
      (await runner.prepared(name, text, values)) as Row[],
  };
}

/**
 * The connections of one process.
 * @throws AppError `service_unavailable` from every call while Postgres does not answer
 */
export function createPool(options: PoolOptions): SqlPool {
  const parsers = typeParsers();
  const pool = new Pool({
    connectionString: options.url,
    max: options.poolMax,
    application_name: options.applicationName,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    idleTimeoutMillis: 60_000,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    lock_timeout: LOCK_TIMEOUT_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
    // Statements here are short: compiling one would take longer than running it.
    options: '-c jit=off',
    keepAlive: true,
    types: parsers,
  });
  // An idle connection that breaks is dropped by the pool; the next statement opens another or says service_unavailable.
  pool.on('error', () => undefined);
  // The same for one that breaks while it is lent out: the statement fails, and the event must not end the process.
  pool.on('connect', (client) => client.on('error', () => undefined));

  async function inTransaction<T>(client: PoolClient, work: (sql: Sql) => Promise<T>, begin: string): Promise<T> {
    try {
      await client.query(begin);
      const result = await work(
        sqlOf({
          run: (text, values) => client.query(text, values),
          prepared: (name, text, values) => runPrepared(client, parsers, name, text, values),
        }),
      );
      await client.query('commit');
      client.release();
      return result;
    } catch (error) {
      // A connection that cannot even roll back is of no use to the next one.
      await client.query('rollback').then(
        () => client.release(),
        () => client.release(true),
      );
      throw error;
    }
  }

  const acts = createActs();
  const transaction: SqlPool['transaction'] = (work, mode = 'read committed') => {
    const begin = `begin isolation level ${mode}${sayingWho(acts.current())}`;
    return withRepeats(async () => inTransaction(await pool.connect(), work, begin));
  };
  // Of an administrative act each statement is a transaction that says who does it.
  const alone = <T>(asAct: (sql: Sql) => Promise<T>, otherwise: () => Promise<T>) =>
    acts.current() === null ? otherwise() : transaction(asAct);
  async function onAny(name: string, text: string, values: SqlValues): Promise<object[]> {
    const client = await pool.connect();
    try {
      const rows = await runPrepared(client, parsers, name, text, values);
      client.release();
      return rows;
    } catch (error) {
      // As the pool's own `query` does: who knows what state the connection is in.
      client.release(true);
      throw error;
    }
  }
  const direct = sqlOf({
    run: (text, values) => withRepeats(() => pool.query(text, values)),
    prepared: (name, text, values) => withRepeats(() => onAny(name, text, values)),
  });
  return {
    acts,
    query: (text, values) =>
      alone(
        (sql) => sql.query(text, values),
        () => direct.query(text, values),
      ),
    named: (name, text, values) =>
      alone(
        (sql) => sql.named(name, text, values),
        () => direct.named(name, text, values),
      ),
    transaction,
    connections: () => ({ inUse: pool.totalCount - pool.idleCount, waiting: pool.waitingCount, max: options.poolMax }),
    close: () => pool.end(),
  };
}

/** What `seal_audit` reads at the end of the transaction. */
function sayingWho(act: Act | null): string {
  if (act === null) return '';
  const { actor, via, ip, requestId } = act;
  return `; select set_config('atelier.act', ${escapeLiteral(JSON.stringify({ actor, via, ip, request_id: requestId }))}, true)`;
}

const ANSWER_WITHIN_MS = 2_000;

/** Says whether Postgres answers, and when it does not whether that is for want of a connection of ours. */
export function createPostgresProbe(sql: SqlPool): HealthProbe {
  return {
    name: 'postgres',
    async check() {
      await within(
        ANSWER_WITHIN_MS,
        sql.query('select 1'),
        () => new Error(`no answer within ${String(ANSWER_WITHIN_MS / 1_000)} s${wantOf(sql)}`),
      );
    },
  };
}

/** The question waits its turn like any statement: one that got no connection was behind all that hold one. */
function wantOf(sql: SqlPool): string {
  const { inUse, waiting, max } = sql.connections();
  return inUse < max || waiting === 0
    ? ''
    : `: all ${String(max)} connections of this process (ATELIER_POOL_MAX) are in use and ${String(waiting)} statements wait for one`;
}
