import type { MoveState, TargetInstallation } from './apply/installation';
import { formatUsd } from '../domain/money/money';
import { microUsd } from './money';
import type { Plan } from './plan/read';

/** done: nothing is left to do. open: something is. person: only a person knows. */
export type CheckState = 'done' | 'open' | 'person';

/** Where a part of the move stands. */
export interface Check {
  readonly name: 'backup' | 'mapping' | 'apply' | 'balances' | 'permissions' | 'providers' | 'logs' | 'rollback' | 'notices';
  readonly state: CheckState;
  readonly detail: string;
  /** What to do; null: nothing. */
  readonly todo: string | null;
}

export interface Standing {
  /** Null: nothing was applied yet. */
  readonly batch_id: string | null;
  readonly counts: MoveState['counts'];
  readonly checks: readonly Check[];
}

/**
 * Where a move stands: mapping, balances, permissions, providers, logs, the way back, notices.
 * @param answers - whether something answers at an address, for the old gateway
 */
export async function standingOf(
  plan: Plan,
  planFile: string,
  target: TargetInstallation,
  answers: (baseUrl: string) => Promise<boolean>,
): Promise<Standing> {
  const { source } = plan.head;
  const move = await target.begin({ source: source.fingerprint, product: source.product, location: source.location, dry_run: true });
  const facts = await factsOf(plan);
  const enabled = await target.enabledProviders();
  const old = plan.head.old_gateway.base_url;
  const isOldThere = old !== null && (await answers(old));
  const checks = [
    person(
      'backup',
      'Only you know whether the old database and its secrets are copied.',
      'Back up the database file and its encryption secrets before the day of the move.',
    ),
    mapping(facts, planFile),
    applied(facts, move, planFile),
    balances(facts, move),
    permissions(facts, move),
    providers(facts.providers, enabled),
    logs(plan, move),
    isOldThere
      ? done('rollback', `The old gateway answers at ${old}.`)
      : open(
          'rollback',
          old === null ? 'The plan has no address of the old gateway.' : `Nothing answers at ${old}.`,
          'Set old_gateway.base_url in the plan to an address that answers from here: without it there is no way back.',
        ),
    person(
      'notices',
      'Only you know whether people were told.',
      `atelier migrate notice ${planFile} --audience users, and --audience admins.`,
    ),
  ];
  return { batch_id: move.id, counts: move.counts, checks };
}

const done = (name: Check['name'], detail: string): Check => ({ name, state: 'done', detail, todo: null });
const open = (name: Check['name'], detail: string, todo: string): Check => ({ name, state: 'open', detail, todo });
const person = (name: Check['name'], detail: string, todo: string): Check => ({ name, state: 'person', detail, todo });

interface PlanFacts {
  readonly models: number;
  readonly unpriced: number;
  readonly routeless: number;
  readonly users: number;
  readonly keys: number;
  readonly balanceMicroUsd: bigint;
  readonly debts: number;
  readonly withoutEmail: number;
  readonly providers: readonly string[];
}

async function factsOf(plan: Plan): Promise<PlanFacts> {
  const facts = { models: 0, unpriced: 0, routeless: 0, users: 0, keys: 0, debts: 0, withoutEmail: 0 };
  let balanceMicroUsd = 0n;
  const names: string[] = [];
  for await (const { include, price, routes } of plan.entries('models')) {
    if (include === false) continue;
    facts.models += 1;
    facts.unpriced += price === null ? 1 : 0;
    facts.routeless += routes.length === 0 ? 1 : 0;
  }
  for await (const { include, balance_usd: balance, email } of plan.entries('members')) {
    if (include === false) continue;
    facts.users += 1;
    balanceMicroUsd += microUsd(balance);
    facts.debts += balance.startsWith('-') ? 1 : 0;
    facts.withoutEmail += email === null ? 1 : 0;
  }
  for await (const { include } of plan.entries('credentials')) facts.keys += include === false ? 0 : 1;
  for await (const { include, name, keys } of plan.entries('providers')) {
    if (include !== false && keys.some(({ enabled }) => enabled)) names.push(name);
  }
  return { ...facts, balanceMicroUsd, providers: names };
}

function mapping({ models, unpriced, routeless }: PlanFacts, planFile: string): Check {
  const detail = `${String(models)} models, ${String(unpriced)} without a price, ${String(routeless)} without a route.`;
  return unpriced + routeless === 0
    ? done('mapping', detail)
    : open('mapping', detail, `Give them a price or a route in ${planFile}, or include: false; they do not come along as they are.`);
}

function applied({ users, keys }: PlanFacts, { id, counts }: MoveState, planFile: string): Check {
  const detail = `${String(counts.users)} of ${String(users)} members, ${String(counts.keys)} of ${String(keys)} keys, ${String(counts.models)} models came in.`;
  return id !== null && counts.users === users && counts.keys === keys
    ? done('apply', detail)
    : open('apply', detail, `atelier migrate apply ${planFile} --dry-run, then without --dry-run.`);
}

function balances({ balanceMicroUsd, debts }: PlanFacts, move: MoveState): Check {
  const came = microUsd(move.balance_usd);
  const detail = `${formatUsd(balanceMicroUsd)} USD planned, ${move.balance_usd} came in, ${move.ledger_usd} stand in the ledger; ${String(debts)} debts.`;
  return came === balanceMicroUsd && microUsd(move.ledger_usd) === came
    ? done('balances', detail)
    : open('balances', detail, 'Apply the plan, then atelier migrate verify: it names each difference.');
}

function permissions({ keys, withoutEmail }: PlanFacts, { counts }: MoveState): Check {
  const detail = `${String(counts.keys)} of ${String(keys)} keys work here as at the source; ${String(withoutEmail)} members have no e-mail and cannot sign in.`;
  return counts.keys === keys && withoutEmail === 0
    ? done('permissions', detail)
    : open(
        'permissions',
        detail,
        'Give members an e-mail in the plan, or afterwards: atelier users set. Administrators of the source have no rights here: atelier users create-admin.',
      );
}

function providers(planned: readonly string[], enabled: ReadonlySet<string>): Check {
  const waiting = planned.filter((name) => !enabled.has(name));
  const detail = `${String(planned.length - waiting.length)} of ${String(planned.length)} providers are enabled.`;
  return waiting.length === 0
    ? done('providers', detail)
    : open(
        'providers',
        detail,
        `Test and enable: ${waiting.slice(0, 10).join(', ')}${waiting.length > 10 ? ', …' : ''} (atelier providers test NAME, then enable NAME).`,
      );
}

function logs({ head }: Plan, { usage_through: through, counts }: MoveState): Check {
  const { usage, history } = head;
  const tasks = history.tasks + history.midjourneys;
  const detail = `Spending of ${usage.spent_usd} USD in ${String(usage.rows)} rows of the log, ${String(tasks)} finished generations.`;
  const isIn = (!usage.include || usage.rows === 0 || through > 0) && (!history.include || tasks === 0 || counts.tasks > 0);
  return isIn ? done('logs', detail) : open('logs', detail, 'They come in with apply.');
}
