/** `npm run bench:ledger`: how long `ledger verify` takes on a large history. See docs/scaling.md. */
import { parseArgs } from 'node:util';
import pg from 'pg';
import { fill } from './fill.mjs';
import { startInstallation } from './installation.mjs';
import { say } from '../lib/say.mjs';

const { values: options } = parseArgs({
  options: {
    fill: { type: 'string', default: '5000000' },
    home: { type: 'string' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
if (options.help) {
  process.stdout.write(
    'npm run bench:ledger -- [--fill 5000000] [--home FOLDER]\n' +
      'Loads so many ended generations of 150 days (two ledger rows each) in monthly partitions, and proves the books: all of them, those of the\n' +
      'open month, and all of them once more. Then changes a row of a closed month, with every sum kept right, and proves again.\n',
  );
  process.exit(0);
}

/** Partitions for the past, as an installation that old would have: the first ones end 160 days ago. @param {pg.Client} client */
async function ageFirstPartitions(client) {
  for (const table of ['tasks', 'attempts', 'ledger']) {
    const { rows } = await client.query(
      `select substring(pg_get_expr(relpartbound, oid) from 'TO \\(''(.*)''\\)') as until from pg_class where relname = $1`,
      [`${table}_first`],
    );
    const { until } = /** @type {{ until: string }} */ (rows[0]);
    const keys = await client.query(
      `select substr(task_key(at), 1, 17) as key from generate_series(date_trunc('month', now()) - interval '5 months', now() - interval '1 day', interval '1 month') as at`,
    );
    const ends = /** @type {{ key: string }[]} */ (keys.rows).map(({ key }) => key);
    await client.query(`alter table ${table} detach partition ${table}_first`);
    await client.query(`alter table ${table} attach partition ${table}_first for values from (minvalue) to ('${ends[0]}')`);
    for (const [index, from] of ends.entries()) {
      const name = `${table}_past_${index}`;
      await client.query('select new_partition($1, $2)', [table, name]);
      await client.query(`alter table ${table} attach partition ${name} for values from ('${from}') to ('${ends[index + 1] ?? until}')`);
    }
  }
}

/** As somebody would who knows that sums are compared. @param {pg.Client} client */
async function forge(client) {
  await client.query(`alter table ledger_past_1 disable trigger ledger_is_append_only`);
  const { rows } = await client.query(
    `update ledger_past_1 set spent_delta = spent_delta - 1 where operation_key = (
       select operation_key from ledger_past_1 where kind = 'settle' and spent_delta > 1 limit 1) returning task_id, account_ids`,
  );
  const { task_id: id, account_ids: accounts } = /** @type {{ task_id: string, account_ids: number[] }} */ (rows[0]);
  await client.query(`alter table ledger_past_1 enable trigger ledger_is_append_only`);
  await client.query('update tasks set actual = actual - 1 where id = $1', [id]);
  await client.query('update accounts set spent = spent - 1 where id = any($1::int[])', [accounts]);
}

const installation = await startInstallation(options.home === undefined ? {} : { home: options.home });
const client = new pg.Client({ connectionString: installation.databaseUrl });
await client.connect();

/** @param {string} what @param {boolean} [isFull] */
function prove(what, isFull = false) {
  const begun = performance.now();
  const report = installation.verify(isFull);
  say(
    `${what}: ${((performance.now() - begun) / 1000).toFixed(1)} s; ${JSON.stringify({ ...report, problems: report.problems.slice(0, 2) })}`,
  );
}

try {
  await ageFirstPartitions(client);
  say(`filled in ${(await fill(installation.databaseUrl, Number(options.fill), say)).toFixed(0)} s`);
  prove('the first proof, which seals what is over');
  prove('the next proof');
  prove('a full proof', true);
  await forge(client);
  // The server counts changes of a session once it rests.
  await client.query('select pg_stat_force_next_flush()');
  prove('after a forgery in a closed month');
} finally {
  await client.end();
  await installation.stop();
}
