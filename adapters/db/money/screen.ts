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
  /** There are refunds, or movements of tasks of a kind that is none of the usual. */
  readonly hasRefunds: boolean;
  /** Some reservation is on other accounts than its task: right where a budget was set while the task was open. */
  readonly isWidened: boolean;
}

/** A number for these values together: each seeds the hash of the next. */
const hashOf = (id: string, ...amounts: readonly string[]): string =>
  amounts.reduce((seed, amount) => `hashint8extended(${amount}, ${seed})`, `hashtextextended(${id}, 0)`);
const withAccounts = (of: string, hash: string): string => `hash_array_extended(${of}.account_ids, ${hash})`;

const RESERVATION = hashOf('l.task_id', 'l.held_delta');
const RESERVED = hashOf('t.id', 't.reserved');
const CLOSING = withAccounts('l', hashOf('l.task_id', '-l.held_delta', 'l.spent_delta'));
const ENDED = withAccounts('t', hashOf('t.id', 't.reserved', 't.actual'));

/**
 * Reads every movement and every task once, and never beside each other: joining them would go by way of the disk. A movement of a task bears a key that
 * follows from the task and what it is, and keys are unique: so a task has at most one reservation and one movement that closes it. What reservations say and
 * what their tasks say is the same when the sums of the hashes of both are, and likewise what closed them. Few accounts move together: their movements are
 * added up together before they are told apart.
 */
const screening = ({ ledger, tasks, sealed }: Scope): string => `
  with moved as materialized (
    select l.account_ids, sum(l.granted_delta) as granted, sum(l.held_delta) as held, sum(l.spent_delta) as spent, count(*) as entries,
      sum(${RESERVATION}) filter (where l.kind = 'reserve') as reserved,
      sum(${withAccounts('l', RESERVATION)}) filter (where l.kind = 'reserve') as reserved_there,
      sum(${CLOSING}) filter (where l.kind in ('settle', 'release')) as closed,
      count(*) filter (where l.kind not in ('reserve', 'settle', 'release') and l.task_id is not null) as others,
      count(*) filter (where case
        when l.task_id is null then false
        when l.kind = 'reserve' then l.spent_delta <> 0 or l.operation_key <> l.task_id || ':reserve'
        when l.kind in ('settle', 'release') then l.operation_key <> l.task_id || ':settle'
        else false end) as unfit
    from ${ledger} l group by l.account_ids
  ), told as materialized (
    select sum(${RESERVED}) filter (where not t.refused) as reserved,
      sum(${withAccounts('t', RESERVED)}) filter (where not t.refused) as reserved_there,
      sum(${ENDED}) filter (where t.finished_at is not null and not t.refused) as closed,
      count(*) filter (where t.refunded <> 0) as refunded,
      count(*) filter (where ${WRONG_TASK}) as wrong
    from ${tasks} t
  ), summed as (
    select account_id, sum(granted) as granted, sum(held) as held, sum(spent) as spent
    from (
      select account_id, granted, held, spent from moved, unnest(account_ids) as account_id
      union all select account_id, granted, held, spent from ledger_seal_sums where from_key = any(${sealed})
    ) as movement group by 1
  ), off as (
    select count(*) as accounts from accounts a full join summed s on s.account_id = a.id
    where a.id is null or (a.granted, a.held, a.spent) is distinct from (coalesce(s.granted, 0), coalesce(s.held, 0), coalesce(s.spent, 0))
  ), all_moved as (
    select coalesce(sum(entries), 0) as entries, coalesce(sum(others), 0) as others, coalesce(sum(unfit), 0) as unfit,
      sum(reserved) as reserved, sum(reserved_there) as reserved_there, sum(closed) as closed
    from moved
  )
  select m.entries::float8 as entries, m.others > 0 or t.refunded > 0 as "hasRefunds",
    m.reserved_there is distinct from t.reserved_there as "isWidened",
    m.unfit = 0 and t.wrong = 0 and m.reserved is not distinct from t.reserved and m.closed is not distinct from t.closed
      and (select accounts from off) = 0 as "isSound"
  from all_moved m, told t`;

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
