import { uuidv7 } from 'uuidv7';
import { createDatabase, type Database } from '../../adapters/db';
import { ANSWER_DEFAULTS, UNBOUND, type Caller } from '../../domain/access/caller';
import type { BudgetPeriod } from '../../domain/money/budget';
import type { Admission, NewTask, Settlement } from '../../domain/task/store';

/** Builders of what the stores take; each call makes fresh ids. */

let teams = 0;

/** A team without limits and a caller of it. */
export async function aTeam(database: Database, monthlyLimitMicroUsd: bigint | null = null): Promise<Caller> {
  teams += 1;
  const name = `team-${String(teams)}-${uuidv7().slice(-8)}`;
  const [team] = await database.query<{ id: number }>(
    `insert into teams (name, callback_secret_encrypted, source) values ($1, 'sealed', 'api') returning id`,
    [name],
  );
  const teamId = team?.id ?? 0;
  if (monthlyLimitMicroUsd !== null) await setLimit(database, 'team', teamId, '', monthlyLimitMicroUsd, 'monthly');
  return {
    credentialId: await aCredential(database, teamId, 'site', 'production'),
    credentialName: 'site',
    credentialClass: 'production',
    teamId,
    teamName: name,
    models: ['*'],
    defaults: ANSWER_DEFAULTS,
    project: null,
    ownerId: null,
    bounds: UNBOUND,
    logBodies: null,
    frozenBy: null,
    limitedBy: null,
    replacedAt: null,
  };
}

/** A credential without a key; answers its id. */
export async function aCredential(
  database: Database,
  teamId: number,
  name: string,
  credentialClass: string,
  of: { readonly projectId?: number; readonly ownerId?: number } = {},
): Promise<number> {
  const [made] = await database.query<{ id: number }>(
    `insert into credentials (team_id, name, class, hint, models, source, project_id, owner_id)
     values ($1, $2, $3, 'sk-test', '{*}', 'api', $4, $5) returning id`,
    [teamId, name, credentialClass, of.projectId ?? null, of.ownerId ?? null],
  );
  return made?.id ?? 0;
}

/** Sets a limit as the configuration does. */
export async function setLimit(
  database: Database,
  kind: string,
  teamId: number,
  key: string,
  limit: bigint | null,
  period: BudgetPeriod = 'total',
): Promise<void> {
  if (kind === 'campaign') await database.query('select set_account_limit($1, $2, $3, $4)', [kind, teamId, key, limit]);
  else await database.query('select set_budget($1, $2, $3, $4, $5)', [kind, teamId, key, period, limit]);
}

export function aTaskId(): string {
  return `task_${uuidv7().replaceAll('-', '')}`;
}

type AdmissionChanges = Partial<Omit<Admission, 'task'>> & { readonly task?: Partial<NewTask> };

/** A chat task whose first attempt is about to be made; 100 micro-USD are reserved. */
export function anAdmission(caller: Caller, changes: AdmissionChanges = {}): Admission {
  const { task, ...rest } = changes;
  return {
    reserveMicroUsd: 100n,
    idempotency: null,
    firstAttempt: { provider: 'sandbox', model: 'sandbox-text', instanceId: 'instance-1' },
    ...rest,
    task: {
      id: aTaskId(),
      type: 'text',
      operation: 'chat',
      endpoint: 'chat.completions',
      model: 'sandbox-text',
      input: {
        operation: 'chat',
        messages: [{ role: 'user', content: 'Write one line about the sea, please.' }],
        params: { temperature: 0 },
      },
      caller,
      externalId: null,
      metadata: {},
      callbackUrl: null,
      priority: 'normal',
      deadlineAt: null,
      replayOf: null,
      campaignId: null,
      skippedRoutes: [],
      requestHash: 'a'.repeat(64),
      ...task,
    },
  };
}

/** A success that cost 40 micro-USD and closes attempt 1. */
export function aSettlement(taskId: string, changes: Partial<Settlement> = {}): Settlement {
  return {
    taskId,
    status: 'succeeded',
    actualMicroUsd: 40n,
    costLines: [{ item: 'output_tokens', quantity: 20, unitUsd: '0.000002', usd: '0.00004' }],
    usage: { inputTokens: 12, cachedInputTokens: 0, outputTokens: 20, reasoningTokens: 0, images: 0, seconds: 0, estimated: false },
    textResult: {
      body: { id: taskId, object: 'chat.completion', choices: [{ index: 0, message: { role: 'assistant', content: 'The sea is wide.' } }] },
    },
    error: null,
    attempt: { taskId, n: 1, outcome: 'succeeded', errorCode: null, upstreamId: 'chatcmpl-1', costMicroUsd: 40n },
    ...changes,
  };
}

/** Opens databases on a test database's url in `beforeAll` and closes them after the tests: separate ones are separate processes to Postgres. */
export function useConnections<Names extends string>(
  at: { readonly url: string },
  names: readonly Names[],
): Readonly<Record<Names, Database>> {
  const opened = {} as Record<Names, Database>;
  beforeAll(() => {
    for (const name of names) opened[name] = createDatabase({ url: at.url, poolMax: 6, applicationName: name });
  });
  afterAll(async () => {
    await Promise.all(Object.values<Database>(opened).map((database) => database.close()));
  });
  return opened;
}

/** How many partitions by day a new database has that end until then, within a day from now: the first, and today's where midnight lies between. */
export const partitionsEndedBy = (at: Date): 1 | 2 => (at.getUTCDate() === new Date().getUTCDate() ? 1 : 2);

/** As if their time were over: the first partitions end at `at`, and the next begin there. */
export async function endFirstPartition(database: Database, at = new Date(Date.now() - 1)): Promise<void> {
  await database.transaction(async (sql) => {
    const key = `task_${at.getTime().toString(16).padStart(12, '0')}`;
    for (const table of ['tasks', 'attempts', 'ledger']) {
      const [next] = await sql.query<{ name: string; until: string }>(
        `select inhrelid::regclass::text as name, substring(pg_get_expr(relpartbound, oid) from 'TO \\(''(.*)''\\)') as until
         from pg_inherits join pg_class on oid = inhrelid where inhparent = $1::regclass and pg_get_expr(relpartbound, oid) ~ 'FROM \\(.task_' order by 2 limit 1`,
        [table],
      );
      await sql.query(`alter table ${table} detach partition ${table}_first`);
      await sql.query(`alter table ${table} attach partition ${table}_first for values from (minvalue) to ('${key}')`);
      await sql.query(`alter table ${table} detach partition ${next?.name ?? ''}`);
      await sql.query(`alter table ${table} attach partition ${next?.name ?? ''} for values from ('${key}') to ('${next?.until ?? ''}')`);
    }
  });
}
