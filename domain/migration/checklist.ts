import type { LanguageName } from '../explanation/language';
import { CHECKLIST_TEXTS } from './checklist-texts';
import type { PlanFacts } from './plan-facts';
import type { MoveStanding, Said, WholePlan } from './standing';

/** The parts of a move, in the order in which they are looked at. */
export const CHECKS = [
  'backup',
  'mapping',
  'apply',
  'balances',
  'permissions',
  'providers',
  'logs',
  'traffic',
  'delta',
  'rollback',
  'notices',
] as const;
export type CheckName = (typeof CHECKS)[number];

/** done: nothing is left to do. open: something is. person: only a person knows. */
export const CHECK_STATES = ['done', 'open', 'person'] as const;
export type CheckState = (typeof CHECK_STATES)[number];

/** Where a part of a move stands. */
export interface Check {
  readonly name: CheckName;
  readonly state: CheckState;
  readonly detail: string;
  /** What to do; null: nothing. */
  readonly todo: string | null;
}

/** The old gateway's address: that which its traffic takes, else the plan's. */
export function oldAddressOf(plan: PlanFacts | null, trafficAddress: string | null): string | null {
  return trafficAddress ?? plan?.oldBaseUrl ?? null;
}

/**
 * Where a move stands, part by part, and what to do next.
 * @param plan - null: nobody told the installation of it
 * @param planFile - its name in the commands that are advised
 */
export function checklistOf(plan: PlanFacts | null, move: MoveStanding, language: LanguageName, planFile: string): readonly Check[] {
  const say = CHECKLIST_TEXTS[language](planFile);
  const check = (name: CheckName, state: CheckState, [detail, todo]: Said): Check => ({
    name,
    state,
    detail,
    todo: state === 'done' ? null : todo,
  });
  const when = (name: CheckName, isDone: boolean, said: Said): Check => check(name, isDone ? 'done' : 'open', said);
  const planned =
    plan?.checklist === undefined ? unmeasured(move, say, check) : measured({ ...plan, checklist: plan.checklist }, move, say, when);
  const { traffic, delta, oldGateway, hasBegun } = move;
  return [
    check('backup', 'person', say.backup),
    ...planned,
    when('traffic', hasBegun && traffic === null, say.traffic(move)),
    when('delta', hasBegun && delta !== null, say.delta(delta)),
    when('rollback', oldGateway?.answers === true, say.rollback(oldGateway, traffic?.kept ?? 0)),
    check('notices', 'person', say.notices),
  ];
}

type Texts = ReturnType<(typeof CHECKLIST_TEXTS)[LanguageName]>;

/** The parts that are measured by the plan. */
function measured(
  plan: WholePlan,
  move: MoveStanding,
  say: Texts,
  when: (name: CheckName, isDone: boolean, said: Said) => Check,
): readonly Check[] {
  const { routeless, withoutEmail, balanceUsd, providers, usage, history } = plan.checklist;
  const { came } = move;
  const waiting = providers.filter((name) => !move.enabled.has(name));
  const hasUsage = !usage.include || usage.rows === 0 || move.usageThrough > 0;
  const hasHistory = !history.include || history.tasks === 0 || came.tasks > 0;
  return [
    when('mapping', plan.unpriced.count + routeless === 0, say.mapping(plan)),
    when('apply', move.hasBegun && came.users === plan.members && came.keys === plan.keys, say.apply(plan, move)),
    when('balances', move.balanceUsd === balanceUsd && move.ledgerUsd === balanceUsd, say.balances(plan, move)),
    when('permissions', came.keys === plan.keys && withoutEmail === 0, say.permissions(plan, move)),
    when('providers', waiting.length === 0, say.providers(providers.length, waiting)),
    when('logs', hasUsage && hasHistory, say.logs(plan)),
  ];
}

/** The same parts of a move whose plan the installation was not told. */
function unmeasured(move: MoveStanding, say: Texts, check: (name: CheckName, state: CheckState, said: Said) => Check): readonly Check[] {
  const isEqual = move.balanceUsd === move.ledgerUsd;
  return [
    check('mapping', 'person', say.unknown),
    check('apply', 'person', say.applyUnknown(move)),
    check('balances', isEqual ? 'person' : 'open', say.balancesUnknown(move)),
    check('permissions', 'person', say.unknown),
    check('providers', 'person', say.unknown),
    check('logs', 'person', say.unknown),
  ];
}
