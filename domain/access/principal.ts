import { AppError, type ErrorCode } from '../errors';
import { mayUseModel, type Caller } from './caller';

/** Who makes a request: a key of a team, or the installation's admin key, which belongs to no team. */
export type Principal = { readonly kind: 'credential'; readonly caller: Caller } | { readonly kind: 'admin' };

/** What may be asked of the API, by the thing and the verb. */
export type Action =
  /** Tasks, campaigns and replays: everything that may cost money. */
  | 'generation.create'
  | 'generation.read'
  /** Cancel, pause, resume, redeliver: what acts on a generation and buys nothing. */
  | 'generation.control'
  /** Histories as Temporal has them: the one of a text group names the tasks of other teams too. */
  | 'history.readWhole'
  | 'model.read'
  /** Keys, configuration, ledger, secrets of teams: /admin/v1. */
  | 'installation.administer';

/** Whose things an action reaches: those of one team, or (`teamId` null) of all. */
export interface Scope {
  readonly teamId: number | null;
}

type Reach = 'none' | 'own' | 'all';

/** Who may do what, and to whose things. A new kind of principal is a column, a new action a row. */
const PERMISSIONS: Readonly<Record<Action, Readonly<Record<Principal['kind'], Reach>>>> = {
  'generation.create': { credential: 'own', admin: 'none' },
  'generation.read': { credential: 'own', admin: 'all' },
  'generation.control': { credential: 'own', admin: 'all' },
  'history.readWhole': { credential: 'none', admin: 'all' },
  'model.read': { credential: 'own', admin: 'all' },
  'installation.administer': { credential: 'none', admin: 'all' },
};

const REFUSALS: Readonly<Partial<Record<Action, readonly [ErrorCode, string]>>> = {
  'generation.create': ['model_not_allowed', 'The admin key cannot generate. Use a team key; create one with "atelier keys create".'],
};

/** True when the principal may do it, to anything. */
export function mayDo(principal: Principal, action: Action): boolean {
  return PERMISSIONS[action][principal.kind] !== 'none';
}

/**
 * Decides whether a principal may do something, and whose things it reaches: what lies outside the scope is answered as if it did not exist.
 * @throws AppError `admin_required`, or `model_not_allowed` when a principal that generates nothing would
 *
 * @example
 * const scope = authorize(principal, 'generation.read');
 * const task = await tasks.get(id, scope.teamId);
 */
export function authorize(principal: Principal, action: Action): Scope {
  const reach = PERMISSIONS[action][principal.kind];
  if (reach === 'none') {
    const [code, message] = REFUSALS[action] ?? ['admin_required', 'This requires the admin key; this key belongs to a team.'];
    throw new AppError(code, message);
  }
  return { teamId: reach === 'all' || principal.kind === 'admin' ? null : principal.caller.teamId };
}

/** The key whose team pays for what the principal makes. @throws AppError `model_not_allowed` when it generates nothing */
export function payerOf(principal: Principal): Caller {
  authorize(principal, 'generation.create');
  if (principal.kind === 'admin') throw new AppError('internal', 'A principal that generates has no key.');
  return principal.caller;
}

/** May the principal see the model? A key sees the models that it may use. */
export function maySeeModel(principal: Principal, model: string): boolean {
  return principal.kind === 'admin' || mayUseModel(principal.caller, model);
}
