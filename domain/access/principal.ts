import { AppError } from '../errors';
import { mayUseModel, requireThawed, type Caller, type NamedModel } from './caller';

/** What a person may do for the whole installation. */
export type OrganisationRole = (typeof ORGANISATION_ROLES)[number];
export const ORGANISATION_ROLES = ['admin', 'operator', 'billing'] as const;

/** What a person may do in a team, the most first. */
export type TeamRole = (typeof TEAM_ROLES)[number];
export const TEAM_ROLES = ['manager', 'creator', 'viewer'] as const;

/** A person's place in a team. */
export interface Membership {
  readonly teamId: number;
  readonly teamName: string;
  readonly role: TeamRole;
}

/** Somebody who signed in, with all that decides what they may do. */
export interface Person {
  readonly id: number;
  /** `user_` and 32 hex digits. */
  readonly publicId: string;
  /** In lower case. */
  readonly email: string;
  readonly name: string;
  readonly organisationRole: OrganisationRole | null;
  readonly memberships: readonly Membership[];
}

/** The team that a person's request acts for; `role` null: an organisation's admin looks into a team without being a member. */
export interface ChosenTeam {
  readonly id: number;
  readonly name: string;
  readonly role: TeamRole | null;
}

/** Somebody who makes a request with the cookie of a session. */
export interface SignedIn {
  readonly kind: 'person';
  readonly person: Person;
  /** Of `x-atelier-team`, or the only one; null: none was named and there is not exactly one. */
  readonly team: ChosenTeam | null;
  /** The person's own credential in the team, which their generations run under; null where they may not generate. */
  readonly caller: Caller | null;
}

/** Who makes a request: a key of a team, the installation's admin key, which belongs to no team, or a person who signed in. */
export type Principal = { readonly kind: 'credential'; readonly caller: Caller } | { readonly kind: 'admin' } | SignedIn;

/** The credential whose team pays for what the principal makes. @throws AppError `model_not_allowed` or `permission_denied` when it generates nothing, `credential_frozen` */
export function payerOf(principal: Principal): Caller {
  if (principal.kind === 'credential') return principal.caller;
  if (principal.kind === 'admin') throw adminGeneratesNothing();
  if (principal.caller === null)
    throw new AppError('permission_denied', 'You have no credential in this team, so nothing can be generated.');
  requireThawed(principal.caller);
  return principal.caller;
}

/** The error of a generation with the admin key. */
export function adminGeneratesNothing(): AppError {
  return new AppError('model_not_allowed', 'The admin key cannot generate. Use a team key; create one with "atelier keys create".');
}

/** May the principal see the model? A credential sees the models that it may use. */
export function maySeeModel(principal: Principal, model: NamedModel): boolean {
  return principal.kind === 'admin' || principal.caller === null || mayUseModel(principal.caller, model);
}

/** The team that what a principal makes us hold is counted for; null: none's. */
export function teamOf(principal: Principal): number | null {
  if (principal.kind === 'admin') return null;
  return principal.kind === 'credential' ? principal.caller.teamId : (principal.team?.id ?? null);
}
