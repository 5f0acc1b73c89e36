import { LOOKUP_LIMIT, type FoundRun, type LookupKind, type RunLookup } from '../../../domain/task/lookup';
import type { SqlPool } from '../connection/pool';

type Statement = readonly [kind: LookupKind, sql: string];

/** By the form of the id; each is one look into an index. $1 is the id. */
const BY_FORM: readonly (readonly [form: RegExp, ...Statement])[] = [
  [/^task_/, 'task', `select id as "taskId", campaign_id as "campaignId" from tasks where id = $1`],
  [/^resp_/, 'response', `select id as "taskId", campaign_id as "campaignId" from tasks where id = 'task_' || substr($1, 6)`],
  [/^(?:evt|whd)_/, 'callback', `select task_id as "taskId", campaign_id as "campaignId" from callbacks where id = $1`],
  [
    /^(?:req|call)_/,
    'request',
    `select task_id as "taskId", campaign_id as "campaignId", id as "callId" from calls where id = 'call_' || split_part($1, '_', 2)`,
  ],
  [/^camp_/, 'campaign', `select null as "taskId", id as "campaignId" from campaigns where id = $1`],
  [/^batch_/, 'batch', `select null as "taskId", campaign_id as "campaignId" from batches where id = $1`],
  [
    /^asset_/,
    'asset',
    `select a.task_id as "taskId", t.campaign_id as "campaignId" from assets a join tasks t on t.id = a.task_id where a.id = $1`,
  ],
];

const BY_EXTERNAL_ID: Statement = [
  'external_id',
  `select e.task_id as "taskId", t.campaign_id as "campaignId" from external_ids e join tasks t on t.id = e.task_id
   where e.external_id = $1 order by e.task_id desc limit ${String(LOOKUP_LIMIT)}`,
];

/**
 * No index holds the ids of providers, as every generation would pay for it and hardly anybody asks. The newest partitions are read first,
 * and the first one that has the id ends the search.
 */
const BY_UPSTREAM_ID = `select a.task_id as "taskId", t.campaign_id as "campaignId" from attempts a join tasks t on t.id = a.task_id
  where a.upstream_id = $1 and a.task_id >= $2 and ($3::text is null or a.task_id < $3) order by a.task_id desc limit ${String(LOOKUP_LIMIT)}`;
const SPANS = `select task_key(now() - interval '1 day') as day, task_key(now() - interval '7 days') as week`;

type Row = Omit<FoundRun, 'matched'>;

/** Looks ids up for support. */
export function createRunLookup(sql: SqlPool): RunLookup {
  async function by([kind, statement]: Statement, values: readonly unknown[]): Promise<readonly FoundRun[]> {
    return (await sql.query<Row>(statement, values)).map((row) => ({ ...row, matched: kind }));
  }

  async function byUpstreamId(id: string): Promise<readonly FoundRun[]> {
    const [spans] = await sql.query<{ readonly day: string; readonly week: string }>(SPANS, []);
    const { day = '', week = '' } = spans ?? {};
    for (const [from, to] of [[day, null] as const, [week, day] as const, ['', week] as const]) {
      const found = await by(['provider', BY_UPSTREAM_ID], [id, from, to]);
      if (found.length > 0) return found;
    }
    return [];
  }

  return {
    async find(id) {
      const formed = BY_FORM.find(([form]) => form.test(id));
      const found = [...(formed === undefined ? [] : await by([formed[1], formed[2]], [id])), ...(await by(BY_EXTERNAL_ID, [id]))];
      return found.length > 0 ? found : byUpstreamId(id);
    },
  };
}
