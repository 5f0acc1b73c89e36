import { AppError } from '../errors';
import { adminGeneratesNothing, type Principal, type SignedIn } from './principal';

/** Who asks, as far as it decides what they may do: a key of a team, the admin key, or a role that a person has. */
export type Role = (typeof ROLES)[number];
export const ROLES = ['key', 'admin_key', 'admin', 'operator', 'billing', 'manager', 'creator', 'viewer'] as const;

/** How far a role's right goes: things of the own team, or of all. */
export type Reach = 'own' | 'all';

const everything = { admin_key: 'all', admin: 'all' } as const;

/** Who may do what, and to whose things. A role that a row does not name may not. */
export const PERMISSIONS = {
  /** Tasks, campaigns, replays: everything that may cost money. */
  'generation.create': { key: 'own', manager: 'own', creator: 'own' },
  'generation.read': { key: 'own', ...everything, manager: 'own', creator: 'own', viewer: 'own' },
  /** Cancel, pause, resume, redeliver, delete: what acts on a generation and buys nothing. An organisation's admin only reads. */
  'generation.control': { key: 'own', admin_key: 'all', manager: 'own', creator: 'own' },
  'template.read': { key: 'own', ...everything, manager: 'own', creator: 'own', viewer: 'own' },
  /** New ones and new versions. */
  'template.create': { key: 'own', manager: 'own', creator: 'own' },
  /** Publish, archive, restore. */
  'template.control': { key: 'own', admin_key: 'all', manager: 'own', creator: 'own' },
  /** Endpoints of a team, and what was sent there. */
  'webhook.read': { key: 'own', ...everything, manager: 'own', creator: 'own' },
  /** Create, change, rotate, test, redeliver, delete. */
  'webhook.manage': { key: 'own', ...everything, manager: 'own' },
  /** Histories as Temporal has them: the one of a text group names the tasks of other teams too. */
  'history.readWhole': everything,
  'model.read': { key: 'own', ...everything, operator: 'all', billing: 'all', manager: 'own', creator: 'own', viewer: 'own' },
  /** What is left to the caller's credential; a viewer has none. */
  'allowance.read': { key: 'own', manager: 'own', creator: 'own' },
  'log.read': { key: 'own', ...everything, operator: 'all', manager: 'own' },
  /** What was asked and answered, where the team keeps it. No key of a team: the prompts are those of other people. */
  'log.bodies': { ...everything, manager: 'own' },
  'usage.read': { key: 'own', ...everything, operator: 'all', billing: 'all', manager: 'own' },

  /** What was bought of providers, whoever asked for it: the other side of their invoices. */
  'attempt.read': { ...everything, operator: 'all', billing: 'all' },

  'organisation.read': { ...everything, operator: 'all', billing: 'all' },
  /** Its budget. */
  'organisation.change': { ...everything, billing: 'all' },
  'user.read': { ...everything, manager: 'own' },
  /** A manager invites into the own team, with roles up to manager. */
  'user.invite': { ...everything, manager: 'own' },
  /** Names, organisation roles, disabling, links to a new password. */
  'user.manage': everything,
  /** Who may not see budgets sees the name and the description. */
  'team.read': { ...everything, operator: 'all', billing: 'all', manager: 'own', creator: 'own', viewer: 'own' },
  'team.create': everything,
  /** Anything of a team; its fields have rights of their own: the next four, and `budget.change` for its classes. */
  'team.change': { ...everything, billing: 'all', manager: 'own' },
  'team.describe': { ...everything, manager: 'own' },
  'team.budget': { ...everything, billing: 'all' },
  /** Time zone, tiers of models, retention, what is kept of bodies. */
  'team.configure': everything,
  'budget.read': { ...everything, billing: 'all', manager: 'own' },
  /** Budgets within a team: of its classes, projects, members and credentials. A manager stays within the team's. */
  'budget.change': { ...everything, billing: 'all', manager: 'own' },
  'team.secret': { ...everything, manager: 'own' },
  'member.read': { ...everything, manager: 'own', creator: 'own', viewer: 'own' },
  'member.manage': { ...everything, manager: 'own' },
  'project.read': { ...everything, operator: 'all', billing: 'all', manager: 'own', creator: 'own', viewer: 'own' },
  'project.manage': { ...everything, manager: 'own' },
  /** Name and archiving are `project.manage`, the budget is `budget.change`. */
  'project.change': { ...everything, billing: 'all', manager: 'own' },
  'key.read': { ...everything, billing: 'all', manager: 'own' },
  'key.manage': { ...everything, manager: 'own' },
  'provider.read': { ...everything, operator: 'all' },
  'provider.manage': { ...everything, operator: 'all' },
  /** How the installation itself is: its parts, processes, queues. */
  'system.read': { ...everything, operator: 'all' },
  'alert.read': { ...everything, operator: 'all' },
  'alert.manage': { ...everything, operator: 'all' },
  'incident.read': { ...everything, operator: 'all', manager: 'own' },
  /** Acknowledge, note and resolve, which also gives back what was taken of keys. */
  'incident.manage': { ...everything, operator: 'all' },
  /** Moves from other gateways. */
  'import.read': everything,
  'import.manage': everything,
  'config.manage': everything,
  /** Who did what to the installation. */
  'audit.read': everything,
  'backup.read': { ...everything, operator: 'all' },
  /** Have one made where the installation says, or verified; a restore is a command on empty servers. */
  'backup.manage': { ...everything, operator: 'all' },
  'retention.read': everything,
  /** How long records are kept, and what is on hold. */
  'retention.manage': everything,
  /** The run behind any id, of any team, without what was asked for and what came back. */
  'support.read': { ...everything, operator: 'all' },
  'ledger.read': { ...everything, billing: 'all' },
  /** Refunds, grants and transfers between teams. */
  'ledger.change': { ...everything, billing: 'all' },
} as const satisfies Record<string, Partial<Record<Role, Reach>>>;

/** What may be asked of the API, by the thing and the verb. */
export type Action = keyof typeof PERMISSIONS;

/** Whose things a request reaches: those of one team, or (`teamId` null) of all. What lies outside is answered as if it did not exist. */
export interface Scope {
  readonly teamId: number | null;
}

/** The teams that an administrative request reaches; null: all of them. */
export type TeamsWithin = readonly TeamWithin[] | null;

export interface TeamWithin {
  readonly id: number;
  readonly name: string;
}

/** How far a role's right goes; null: it may not. */
export function reachOf(role: Role, action: Action): Reach | null {
  return (PERMISSIONS[action] as Partial<Record<Role, Reach>>)[role] ?? null;
}

/** True when the principal may do it, to anything. */
export function mayDo(principal: Principal, action: Action): boolean {
  if (principal.kind === 'credential') return reachOf('key', action) !== null;
  if (principal.kind === 'admin') return reachOf('admin_key', action) !== null;
  const { person } = principal;
  return hasOrganisationRight(principal, action) || person.memberships.some(({ role }) => reachOf(role, action) !== null);
}

/**
 * Decides whether a principal may do something as its team (a key's own, the one that a person chose), and whose things it reaches.
 * @throws AppError `admin_required`, `permission_denied`, `model_not_allowed` when the admin key would generate,
 * `missing_required_parameter` when a person of several teams named none
 *
 * @example
 * const scope = authorize(principal, 'generation.read');
 * const task = await tasks.get(id, scope.teamId);
 */
export function authorize(principal: Principal, action: Action): Scope {
  if (principal.kind !== 'person') {
    const reach = reachOf(principal.kind === 'admin' ? 'admin_key' : 'key', action);
    if (reach === null) throw refusal(principal, action);
    return { teamId: reach === 'all' || principal.kind === 'admin' ? null : principal.caller.teamId };
  }
  const { team, person } = principal;
  if (hasOrganisationRight(principal, action)) return { teamId: team?.id ?? null };
  if (team === null && person.memberships.length > 1) throw nameTeam(principal);
  const role = team?.role ?? null;
  if (team === null || role === null || reachOf(role, action) === null) throw refusal(principal, action);
  return { teamId: team.id };
}

/**
 * The teams whose things a principal may do something to, by all of its roles: for administration, which names its teams itself.
 * @throws AppError `admin_required`, `permission_denied`
 */
export function teamsWithin(principal: Principal, action: Action): TeamsWithin {
  if (!mayDo(principal, action)) throw refusal(principal, action);
  if (principal.kind === 'admin') return null;
  if (principal.kind === 'credential') return [{ id: principal.caller.teamId, name: principal.caller.teamName }];
  if (hasOrganisationRight(principal, action)) return null;
  return principal.person.memberships
    .filter(({ role }) => reachOf(role, action) !== null)
    .map(({ teamId, teamName }) => ({ id: teamId, name: teamName }));
}

/**
 * Decides whether a principal may do something to the team of this name.
 * @throws AppError `not_found` for a team that it does not see, `admin_required`, `permission_denied`
 */
export function authorizeTeam(principal: Principal, action: Action, teamName: string): void {
  if (mayDoIn(principal, action, teamName)) return;
  const isSeen =
    principal.kind !== 'person' ||
    principal.person.organisationRole !== null ||
    principal.person.memberships.some((one) => one.teamName === teamName);
  throw isSeen ? refusal(principal, action) : unknownTeam(teamName);
}

/** As `authorizeTeam`, answered: may the principal do it to the team of this name? */
export function mayDoIn(principal: Principal, action: Action, teamName: string): boolean {
  if (principal.kind !== 'person') return mayDo(principal, action);
  const role = principal.person.memberships.find((one) => one.teamName === teamName)?.role;
  return hasOrganisationRight(principal, action) || (role !== undefined && reachOf(role, action) !== null);
}

/** The error of a team that does not exist, or that the principal does not see. @param param - where the name stood in a body */
export function unknownTeam(name: string, param?: string): AppError {
  return new AppError('not_found', `There is no team ${JSON.stringify(name.slice(0, 100))}.`, param === undefined ? {} : { param });
}

function hasOrganisationRight({ person }: SignedIn, action: Action): boolean {
  return person.organisationRole !== null && reachOf(person.organisationRole, action) !== null;
}

function refusal(principal: Principal, action: Action): AppError {
  if (principal.kind === 'admin') return adminGeneratesNothing();
  if (principal.kind === 'credential') return new AppError('admin_required', 'This requires the admin key; this key belongs to a team.');
  const able = ROLES.filter((role) => role !== 'key' && role !== 'admin_key' && reachOf(role, action) !== null);
  return new AppError('permission_denied', `Your role does not allow this. Who may: ${able.join(', ')}.`);
}

function nameTeam({ person }: SignedIn): AppError {
  const names = person.memberships.map(({ teamName }) => teamName).join(', ');
  return new AppError('missing_required_parameter', `You are a member of several teams. Name one in the header x-atelier-team: ${names}.`, {
    param: 'x-atelier-team',
  });
}
