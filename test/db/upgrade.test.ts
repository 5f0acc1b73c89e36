import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { createDatabase } from '../../adapters/db';
import { createCatalogueStore } from '../../adapters/db/catalogue';
import { createSecrets } from '../../adapters/secrets';
import { createEmptyDatabase, dropTestDatabase } from '../support/database';
import { useDatabase } from '../support/stack';
import { dumpSchema } from './schema-dump';
import { anAdmission, aSettlement, useConnections } from './support';

/** A database as migrations 0001-0009 left it, with two teams, their keys, tasks, a campaign and the books of these. */
const BEFORE = readFileSync(join(__dirname, '__fixtures__', 'before-people.sql'), 'utf8');
/** What the rows were sealed with. */
const secrets = createSecrets('8f0d3b5c71e2a4968f0d3b5c71e2a496', null);

const KEPT = {
  accounts: 'select id, granted, held, spent, limited from accounts where limited or (granted, held, spent) <> (0, 0, 0) order by id',
  ledger:
    'select id, operation_key, kind, task_id, account_ids, granted_delta, held_delta, spent_delta, note, created_at from ledger order by id',
  tasks:
    'select id, status, created_at, input, output, text_result, external_id, metadata, reserved, held, actual, error, account_ids from tasks order by id',
  attempts: 'select task_id, n, provider, outcome, cost from attempts order by 1, 2',
  campaigns: 'select id, name, status, account_id, total, queued, running, succeeded from campaigns order by id',
  items: 'select campaign_id, index, key, status, task_id, bound from campaign_items order by 1, 2',
  callbacks:
    'select id, task_id, campaign_id, team_id, type, url, status, created_at, next_attempt_at, attempts, round, tries from callbacks order by id',
  idempotency: 'select * from idempotency_keys order by 1, 2, 3',
  credentials: 'select id, name, class, key_hash, hint, models, source, enabled, revoked_at from credentials order by id',
};

const current = useConnections(useDatabase(), ['today']);

it('an installation of the version before people and budgets keeps its keys, balances and history', async () => {
  const url = await createEmptyDatabase();
  const client = new Client({ connectionString: url });
  await client.connect();
  const database = createDatabase({ url, poolMax: 2, applicationName: 'upgrade' });
  const kept = async () =>
    Object.fromEntries(await Promise.all(Object.entries(KEPT).map(async ([name, text]) => [name, await database.query(text)] as const)));
  try {
    await client.query(BEFORE);
    const before = await kept();
    expect(before['tasks']).toHaveLength(15);

    await database.migrate();

    expect(await kept()).toEqual(before);
    expect(await dumpSchema((text) => database.query(text))).toBe(await dumpSchema((text) => current.today.query(text)));
    expect(await database.ledger.verify()).toMatchObject({ ok: true, problems: [], openReservations: 8 });

    // The keys still open, what is open still ends, and the budgets still bind.
    const store = createCatalogueStore(database, secrets);
    const callerOf = async (key: string) => (await store.findCaller(secrets.describe(key).hash))!;
    const [site, nightly, desk] = await Promise.all(['sk-upgrade-site', 'sk-upgrade-nightly', 'sk-upgrade-desk'].map(callerOf));
    expect([site, nightly, desk].map((one) => `${one!.teamName}/${one!.credentialName}`)).toEqual([
      'studio/site',
      'studio/nightly',
      'lab/desk',
    ]);
    expect(await store.callbackSecret('studio')).toMatch(/^whsec_/);
    const open = await database.query<{ id: string }>('select id from tasks where finished_at is null order by id');
    const settlements = open.map(({ id }) => aSettlement(id, { actualMicroUsd: 1n, attempt: null }));
    expect(await database.tasks.settle(settlements)).toEqual(Array(8).fill('settled'));
    const admit = (caller: typeof site, reserveMicroUsd: bigint) =>
      database.tasks.admit([anAdmission(caller!, { reserveMicroUsd })]).then(([outcome]) => outcome?.kind);
    expect(await admit(nightly, 19_851_000n)).toBe('refused');
    expect(await admit(nightly, 19_850_999n)).toBe('admitted');
    expect(await admit(site, 100_000_000n)).toBe('refused');
    expect(await admit(desk, 5_000_000_000n)).toBe('admitted');
    expect(await database.ledger.verify()).toMatchObject({ ok: true, problems: [] });
  } finally {
    await client.end();
    await database.close();
    await dropTestDatabase(url);
  }
});
