import { AppError } from '../../../domain/errors';
import type { ImportState } from '../../../domain/migration/import';
import type { PlanFacts } from '../../../domain/migration/plan-facts';
import type { LegacyProduct } from '../../../domain/migration/source';
import type { Sql } from '../connection/pool';

interface Row {
  readonly id: string;
  readonly source: string;
  readonly product: LegacyProduct;
  readonly location: string;
  readonly usage_through: bigint;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly plan: PlanFacts | null;
  readonly counts: Readonly<Partial<Record<keyof ImportState['counts'], number>>>;
  readonly balance: bigint;
  readonly booked: bigint;
  readonly delta_at: Date | null;
  readonly delta_spent: bigint;
  readonly delta_added: bigint;
}

// The ledger's own words: what was booked when members came in, not what their budgets were set to since.
const STATE = `
  select i.id, i.source, i.product, i.location, i.usage_through, i.created_at, i.updated_at, i.plan, i.delta_at, i.delta_spent, i.delta_added,
    (select coalesce(json_object_agg(entity, n), '{}') from (
       select entity, count(*)::int as n from imported_rows r where r.import_id = i.id group by 1
       union all select 'task', count(*)::int from imported_tasks t where t.import_id = i.id having count(*) > 0
     ) as counted) as counts,
    coalesce((select sum(amount) from imported_rows r where r.import_id = i.id and r.entity = 'member'), 0)::bigint as balance,
    coalesce((
      select sum(l.granted_delta - l.spent_delta)
      from imported_rows r join accounts a on a.kind = 'member' and a.team_id = r.team_id and a.key = r.object and a.period = ''
      join ledger l on l.operation_key = format('account:%s:grant:1', a.id) and l.note = 'opening balance, move ' || i.id
      where r.import_id = i.id and r.entity = 'member'
    ), 0)::bigint as booked
  from imports i`;

export async function findImport(sql: Sql, id: string): Promise<ImportState> {
  const [row] = await sql.query<Row>(`${STATE} where i.id = $1`, [id]);
  if (row === undefined) throw missing(id);
  return stateOf(row);
}

export async function requireImport(sql: Sql, id: string): Promise<void> {
  const [row] = await sql.query('select from imports where id = $1', [id]);
  if (row === undefined) throw missing(id);
}

function missing(id: string): AppError {
  return new AppError('not_found', `There is no import ${JSON.stringify(id.slice(0, 64))}.`);
}

export async function listImports(sql: Sql): Promise<readonly ImportState[]> {
  return (await sql.query<Row>(`${STATE} order by i.created_at desc, i.id limit 100`)).map(stateOf);
}

function stateOf(row: Row): ImportState {
  return {
    id: row.id,
    source: row.source,
    product: row.product,
    location: row.location,
    usageThrough: Number(row.usage_through),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    plan: row.plan,
    counts: { team: 0, provider: 0, model: 0, member: 0, credential: 0, task: 0, ...row.counts },
    balanceMicroUsd: row.balance,
    ledgerMicroUsd: row.booked,
    delta: row.delta_at === null ? null : { at: row.delta_at, spentMicroUsd: row.delta_spent, addedMicroUsd: row.delta_added },
  };
}
