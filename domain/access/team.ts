import type { LimitChanges } from '../money/budget';
import type { MicroUsd, PriceFactor } from '../money/money';
import type { BodyPolicy } from '../records/bodies';
import type { CredentialClass } from './classes';

/** Who changes a thing: the configuration file that names it, or the API. */
export type ManagedBy = 'file' | 'api';

/** What was spent, and what is reserved for running requests. */
export interface Balance {
  readonly spentMicroUsd: MicroUsd;
  readonly heldMicroUsd: MicroUsd;
}

/** Tiers of models by class of credentials; a class that is missing may use all. */
export type ModelTiers = Readonly<Partial<Record<CredentialClass, readonly string[]>>>;

/** What may be set of a team; its budgets are set apart, see `BudgetStore`. */
export interface TeamSettings {
  readonly description: string | null;
  readonly modelTiers: ModelTiers;
  /** null: contents are kept for good. */
  readonly retentionDays: number | null;
  /** IANA name: when its months and days begin. */
  readonly timeZone: string;
  /** null: the bodies of its calls are not kept. */
  readonly logBodies: BodyPolicy | null;
  /** What its calls cost, times the price of the model. */
  readonly priceFactor: PriceFactor;
}

export interface Team extends TeamSettings, Balance {
  readonly id: number;
  readonly name: string;
  readonly managedBy: ManagedBy;
  readonly members: number;
  readonly createdAt: Date;
}

export interface Project extends Balance {
  readonly id: number;
  readonly teamId: number;
  readonly name: string;
  readonly managedBy: ManagedBy;
  readonly archivedAt: Date | null;
  readonly createdAt: Date;
}

export interface NamePage {
  readonly limit: number;
  /** The name of the last one of the page before; null: from the first. */
  readonly after: string | null;
}

/** What changes of a budget of a team: its own, or that of a class of its credentials. */
export interface TeamBudgetChange {
  readonly kind: 'team' | 'class';
  /** The class; of the team's own: ''. */
  readonly key: string;
  readonly changes: LimitChanges;
}

/** Teams and their projects; both are named by their names. Lists go by name and hold one more than `limit` where there are more. */
export interface TeamStore {
  /** @param ids - only these; null: all */
  list(page: NamePage, ids: readonly number[] | null): Promise<readonly Team[]>;
  /** @throws AppError `not_found` */
  find(name: string): Promise<Team>;
  /** All of it, or nothing. @throws AppError `conflict` for a name in use */
  create(name: string, settings: Partial<TeamSettings>, budgets?: readonly TeamBudgetChange[]): Promise<Team>;
  /** What is left out stays. All of it, or nothing. @throws AppError `not_found`, `conflict` of `BudgetStore.changeLimits` */
  change(name: string, changes: Partial<TeamSettings>, budgets?: readonly TeamBudgetChange[]): Promise<Team>;
  projects(teamId: number, page: NamePage): Promise<readonly Project[]>;
  /** @throws AppError `not_found` */
  findProject(teamId: number, name: string): Promise<Project>;
  /** @throws AppError `conflict` for a name in use */
  createProject(teamId: number, name: string): Promise<Project>;
  /** @throws AppError `conflict` for a name in use */
  changeProject(
    project: Project,
    changes: { readonly name?: string | undefined; readonly archived?: boolean | undefined },
  ): Promise<Project>;
  /** @throws AppError `conflict` when something was spent in it, or a credential belongs to it: archive it */
  removeProject(project: Project): Promise<void>;
}
