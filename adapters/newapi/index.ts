import { createHash } from 'node:crypto';
import { AppError } from '../../domain/errors';
import type { LegacyProduct, LegacySource, OpenSource, Progress, SourcePlace } from '../../domain/migration/source';
import { byId, selectOf, type Engine } from './engine';
import { openMysql } from './mysql';
import { openPostgres } from './postgres';
import { channelOf, COLUMNS, logOf, midjourneyOf, redemptionOf, taskOf, tokenOf, userOf } from './rows';
import { openSqlite } from './sqlite';
import { text, whole, type Row } from './values';

type Columns = ReadonlyMap<string, ReadonlySet<string>>;
type Table = keyof typeof COLUMNS;

/** Opens an installation of New API or One API; nothing of it is ever written. */
export const openLegacySource: OpenSource = async (place) => {
  const engine = await openEngine(place.location, place.password);
  let logEngine = engine;
  try {
    const columns = await engine.columns();
    const product = productOf(engine, columns);
    if (place.logLocation !== undefined) logEngine = await openEngine(place.logLocation, place.password);
    const logColumns = logEngine === engine ? columns : await logEngine.columns();
    if (logEngine !== engine && !logColumns.has('logs')) {
      throw new AppError('invalid_value', `${logEngine.location} has no table logs. Nothing was imported.`);
    }
    return sourceOf({ product, engine, columns, logEngine, logColumns, fingerprint: await fingerprintOf(engine) });
  } catch (error) {
    if (logEngine !== engine) await logEngine.close().catch(() => undefined);
    await engine.close().catch(() => undefined);
    throw error;
  }
};

async function openEngine(location: string, password: SourcePlace['password']): Promise<Engine> {
  const scheme = /^([a-z0-9+]+):\/\//.exec(location)?.[1];
  if (scheme === undefined) return openSqlite(location);
  const url = URL.canParse(location) ? new URL(location) : null;
  if (url === null || !['postgres', 'postgresql', 'mysql', 'mariadb'].includes(scheme)) {
    throw new AppError('invalid_value', 'The source must be a SQLite file, postgres://USER@HOST/DATABASE or mysql://USER@HOST/DATABASE.');
  }
  if (password !== undefined && url.password === '') url.password = encodeURIComponent(password);
  return scheme.startsWith('postgres') ? openPostgres(url) : openMysql(url);
}

/** @throws AppError `invalid_value` when it is neither, or one that is too old */
function productOf({ location }: Engine, columns: Columns): LegacyProduct {
  const has = (table: string, column: string): boolean => columns.get(table)?.has(column) === true;
  const missing = ['users', 'tokens', 'channels', 'options'].filter((table) => !columns.has(table));
  if (missing.length > 0) {
    throw new AppError(
      'invalid_value',
      `${location} is no database of New API or One API: it has no table ${missing.join(', ')}. Nothing was imported.`,
    );
  }
  if (has('channels', 'channel_info') || has('channels', 'settings') || has('tokens', 'model_limits') || has('users', 'linux_do_id')) {
    return 'new-api';
  }
  if (has('channels', 'config') || has('tokens', 'subnet') || has('users', 'lark_id') || has('logs', 'elapsed_time')) return 'one-api';
  throw new AppError('invalid_value', `${location} is of a very old version of One API. Upgrade it first; nothing was imported.`);
}

function versionOf(product: LegacyProduct, columns: Columns): string {
  const has = (table: string, column: string): boolean => columns.get(table)?.has(column) === true;
  if (product === 'one-api') return has('logs', 'elapsed_time') ? '2025' : 'before 2025';
  if (has('tasks', 'private_data')) return '2026';
  return has('channels', 'channel_info') ? '2025, 0.8.5 or later' : '2025';
}

/** The first user and key don't change while an installation lives, wherever its database is moved to. Only their hash is kept. */
async function fingerprintOf(engine: Engine): Promise<string> {
  const [id, key] = [engine.quote('id'), engine.quote('key')];
  const [user] = await engine.query(`select username, password from users order by ${id} limit 1`);
  const [token] = await engine.query(`select ${key} from tokens order by ${id} limit 1`);
  const parts = [text(user?.['username']), text(token?.['key'])];
  return createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, 24);
}

interface Parts {
  readonly product: LegacyProduct;
  readonly engine: Engine;
  readonly columns: Columns;
  readonly logEngine: Engine;
  readonly logColumns: Columns;
  readonly fingerprint: string;
}

function sourceOf({ product, engine, columns, logEngine, logColumns, fingerprint }: Parts): LegacySource {
  const count = async (from: Engine, table: string): Promise<number> => {
    const [row] = await from.query(`select count(*) as n from ${from.quote(table)}`);
    return whole(row?.['n']);
  };
  async function* read<Thing>(from: Engine, table: Table, toThing: (row: Row) => Thing, after?: number): AsyncGenerator<readonly Thing[]> {
    const has = (from === engine ? columns : logColumns).get(table);
    if (has === undefined) return;
    for await (const rows of byId(from, selectOf(from, table, has, COLUMNS[table]), after?.toString())) yield rows.map(toThing);
  }
  const pick = async <Thing>(table: Table, ids: readonly number[], toThing: (row: Row) => Thing): Promise<readonly Thing[]> => {
    if (ids.length === 0) return [];
    const places = ids.map((_id, index) => engine.place(index + 1)).join(', ');
    const select = selectOf(engine, table, columns.get(table) ?? new Set(), COLUMNS[table]);
    return (await engine.query(`${select} where ${engine.quote('id')} in (${places})`, ids)).map(toThing);
  };

  return {
    product,
    version: versionOf(product, columns),
    engine: engine.kind,
    location: engine.location,
    logLocation: logEngine === engine ? null : logEngine.location,
    fingerprint,
    snapshotAt: new Date(),
    async tables() {
      const counts: Record<string, number> = {};
      for (const table of [...columns.keys()].sort()) counts[table] = await count(engine, table);
      if (logEngine !== engine) counts['logs'] = await count(logEngine, 'logs');
      return counts;
    },
    async options() {
      const [key, value] = [engine.quote('key'), engine.quote('value')];
      const rows = await engine.query(`select ${key}, ${value} from options`);
      return new Map(rows.map((row) => [text(row['key']), text(row['value'])]));
    },
    users: () => read(engine, 'users', userOf),
    usersOf: (ids) => pick('users', ids, userOf),
    tokens: () => read(engine, 'tokens', (row) => tokenOf(product, row)),
    tokensOf: (ids) => pick('tokens', ids, (row) => tokenOf(product, row)),
    channels: () => read(engine, 'channels', channelOf),
    async *tasks() {
      yield* read(engine, 'tasks', taskOf);
      yield* read(engine, 'midjourneys', midjourneyOf);
    },
    redemptions: () => read(engine, 'redemptions', redemptionOf),
    async *logs(progress?: Progress, after?: number) {
      const all = logColumns.has('logs') ? await count(logEngine, 'logs') : 0;
      let done = 0;
      for await (const logs of read(logEngine, 'logs', logOf, after)) {
        yield logs;
        done += logs.length;
        progress?.('logs', done, all);
      }
    },
    async close() {
      if (logEngine !== engine) await logEngine.close();
      await engine.close();
    },
  };
}
