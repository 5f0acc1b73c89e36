import type { Caller } from '../access/caller';
import { formatUsd, type MicroUsd } from './money';

/** What a budget is about; each may have a limit in all, by month and by day. The narrowest first: the order in which they refuse. */
export type BudgetKind = 'credential' | 'member' | 'project' | 'class' | 'team' | 'organisation';
export type BudgetPeriod = 'total' | 'monthly' | 'daily';
export const BUDGET_PERIODS = ['total', 'monthly', 'daily'] as const satisfies readonly BudgetPeriod[];

/** Limits by period; one that is missing is none. */
export type BudgetLimits = Readonly<Partial<Record<BudgetPeriod, MicroUsd>>>;

/** Limits to change; null: none from now on. */
export type LimitChanges = Readonly<Partial<Record<BudgetPeriod, MicroUsd | null>>>;

/** Whose budget. `teamId` of the organisation: 0. `key`: class: its name; project, member (a user), credential: the id; else ''. */
export interface BudgetOwner {
  readonly kind: BudgetKind;
  readonly teamId: number;
  readonly key: string;
}

/** A request that did not fit, as its error says it: `insufficient_quota` and the first budget that has no room, the narrowest first. */
export interface BudgetRefusal {
  readonly message: string;
  readonly details: {
    /** `organisation`, `team:studio`, `class:test`, `project:spring`, `member:Ann`, `credential:site`, `campaign:camp_...` */
    readonly budget: string;
    readonly period: BudgetPeriod;
    /** Decimal strings of US dollars. */
    readonly limit_usd: string;
    readonly spent_usd: string;
    readonly held_usd: string;
    /** ISO time; null: never. */
    readonly resets_at: string | null;
  };
}

/** A budget with its balance now. */
export interface Budget extends BudgetOwner {
  /** As in `BudgetRefusal`. */
  readonly name: string;
  readonly period: BudgetPeriod;
  /** With grants and transfers. */
  readonly limitMicroUsd: MicroUsd;
  /** As it was set. */
  readonly setMicroUsd: MicroUsd;
  readonly spentMicroUsd: MicroUsd;
  /** Reserved for what runs. */
  readonly heldMicroUsd: MicroUsd;
  readonly startsAt: Date | null;
  readonly resetsAt: Date | null;
  readonly warnPercent: readonly number[];
}

export interface BudgetStore {
  /**
   * Makes the limits of an owner equal to these: a period that is missing has none. What was spent and is held already counts.
   * @param warnPercent - shares of each limit that are told once they are spent, such as 80; they stop nothing
   * @returns true when something changed
   * @throws AppError `conflict` when a limit that has grants or transfers would be taken away
   *
   * @example
   * await budgets.setLimits({ kind: 'project', teamId, key: String(projectId) }, { monthly: 50_000_000n });
   */
  setLimits(owner: BudgetOwner, limits: BudgetLimits, warnPercent?: readonly number[]): Promise<boolean>;
  /** Changes limits of an owner, as they are set before grants and transfers: null takes one away, a period that is missing stays. @throws AppError `conflict` as above */
  changeLimits(owner: BudgetOwner, changes: LimitChanges): Promise<void>;
  /** The budgets that are set for owners, in their order and by period. */
  budgetsOf(owners: readonly BudgetOwner[]): Promise<readonly Budget[]>;
  /** All budgets that bind a credential now, the narrowest first. */
  bindingBudgets(caller: Pick<Caller, 'credentialId'>): Promise<readonly Budget[]>;
}

/** Prepaid credit on top of a team's total budget; what is spent is charged to the grant that ends first. */
export interface Grant {
  readonly id: string;
  readonly team: string;
  readonly amountMicroUsd: MicroUsd;
  /** As of the last change of the team's grants; what it had left when it lapsed was taken back. */
  readonly usedMicroUsd: MicroUsd;
  readonly expiresAt: Date | null;
  readonly lapsedAt: Date | null;
  readonly note: string | null;
  readonly createdAt: Date;
}

export interface CreditStore {
  /**
   * Gives a team credit. The same id again changes nothing.
   * @throws AppError `not_found` for an unknown team, `conflict` when it has no total budget, or the id belongs to another grant
   */
  grant(grant: Pick<Grant, 'id' | 'team' | 'amountMicroUsd' | 'expiresAt' | 'note'>): Promise<Grant>;
  /** The newest first. */
  grantsOf(team: string): Promise<readonly Grant[]>;
  /**
   * Moves what a team may still spend to another team, all of it or nothing. The same id again changes nothing.
   * @throws AppError `not_found`, `conflict` when a team has no total budget or the id belongs to another transfer, `invalid_value` when less is left
   */
  transfer(transfer: {
    readonly id: string;
    readonly from: string;
    readonly to: string;
    readonly amountMicroUsd: MicroUsd;
    readonly note: string | null;
  }): Promise<void>;
}

/** What may still be spent and reserved; never below 0. */
export function remainingOf({ limitMicroUsd, spentMicroUsd, heldMicroUsd }: Budget): MicroUsd {
  const left = limitMicroUsd - spentMicroUsd - heldMicroUsd;
  return left > 0n ? left : 0n;
}

/** Names a budget among those that bind a caller: `team:studio:monthly`. */
export function budgetId({ name, period }: Pick<Budget, 'name' | 'period'>): string {
  return `${name}:${period}`;
}

/** A budget as users see it; money in decimal strings of US dollars. */
export function budgetObject(budget: Budget) {
  return {
    id: budgetId(budget),
    object: 'budget' as const,
    budget: budget.name,
    period: budget.period,
    limit_usd: formatUsd(budget.limitMicroUsd),
    spent_usd: formatUsd(budget.spentMicroUsd),
    held_usd: formatUsd(budget.heldMicroUsd),
    remaining_usd: formatUsd(remainingOf(budget)),
    starts_at: budget.startsAt?.toISOString() ?? null,
    resets_at: budget.resetsAt?.toISOString() ?? null,
  };
}
