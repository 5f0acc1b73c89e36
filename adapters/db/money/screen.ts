import type { Sql } from '../connection/pool';

/** What is read of the books: as relations, and an array of the first keys of the ranges whose sums stand in their seals. */
export interface Scope {
  readonly ledger: string;
  readonly tasks: string;
  readonly sealed: string;
}

/** What one reading of the books says. */
export interface Screening {
  readonly entries: number;
  /** False: something is wrong; the checks that go row by row say what. */
  readonly isSound: boolean;
  readonly hasRefunds: boolean;
}

/**
 * Reads every movement and every task once, joined. A movement of a task bears a key that follows from the task and what it is, and keys are unique: so a
 * task has at most one reservation and one movement that closes it. Where each fits its task, no task is without any, and those that are closed are those that
 * were reserved and have ended (compared by the sum of the hashes of their ids), every task has just its own. Few accounts move together: their movements
 * are added up together before they are told apart.
 */
const screening = ({ ledger, tasks, sealed }: Scope): string => `
  with moved as materialized (
    select l.account_ids, sum(l.granted_delta) as granted, sum(l.held_delta) as held, sum(l.spent_delta) as spent, count(l.id) as entries,
      sum(case when l.kind = 'reserve' and t.finished_at is not null then hashtextextended(l.task_id, 0) end) as ended,
      sum(case when l.kind in ('settle', 'release') then hashtextextended(l.task_id, 0) end) as closed,
      count(*) filter (where l.kind = 'refund' or t.refunded <> 0) as refunds,
      count(*) filter (where case
        when l.id is null then not t.refused
        when l.task_id is null then false
        when t.id is null then true
        when l.kind = 'reserve' then t.refused or l.operation_key <> t.id || ':reserve' or l.held_delta <> t.reserved or l.spent_delta <> 0
          or not l.account_ids <@ t.account_ids
        when l.kind in ('settle', 'release') then t.refused or t.finished_at is null or l.operation_key <> t.id || ':settle' or l.held_delta <> -t.reserved
          or l.spent_delta is distinct from t.actual or l.account_ids is distinct from t.account_ids
        else false end is not false) as unfit,
      count(*) filter (where ${WRONG_TASK}) as wrong
    from ${ledger} l full join ${tasks} t on t.id = l.task_id group by l.account_ids
  ), summed as (
    select account_id, sum(granted) as granted, sum(held) as held, sum(spent) as spent
    from (
      select account_id, granted, held, spent from moved, unnest(account_ids) as account_id
      union all select account_id, granted, held, spent from ledger_seal_sums where from_key = any(${sealed})
    ) as movement group by 1
  ), off as (
    select count(*) as accounts from accounts a full join summed s on s.account_id = a.id
    where a.id is null or (a.granted, a.held, a.spent) is distinct from (coalesce(s.granted, 0), coalesce(s.held, 0), coalesce(s.spent, 0))
  )
  select coalesce(sum(entries), 0)::float8 as entries, coalesce(sum(refunds), 0) > 0 as "hasRefunds",
    coalesce(sum(unfit) + sum(wrong), 0) = 0 and sum(ended) is not distinct from sum(closed) and (select accounts from off) = 0 as "isSound"
  from moved`;

/** Of a task `t`: what it holds and has cost does not fit its state. */
export const WRONG_TASK = `
  t.held <> case when t.finished_at is null then t.reserved else 0 end
  or (t.finished_at is null) <> (t.actual is null and t.settled_at is null) and not t.refused
  or coalesce(t.actual, 0) > t.reserved`;

/** Reads the books once. Whatever it does not find sound is for the checks to name. */
export async function screen(sql: Sql, scope: Scope): Promise<Screening> {
  const [found] = await sql.query<Screening>(screening(scope));
  if (found === undefined) throw new Error('Postgres answered nothing.');
  return found;
}
