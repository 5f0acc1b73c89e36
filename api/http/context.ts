import type { Response } from 'express';
import type { Caller } from '../../domain/access/caller';
import { authorizeTeam, type Action, type Scope, type TeamsWithin } from '../../domain/access/permissions';
import { payerOf, type Principal } from '../../domain/access/principal';
import type { LiveSession } from '../../domain/access/session';
import { AppError, type ErrorCode } from '../../domain/errors';
import type { Catalogue } from '../../domain/provider/catalogue';
import type { CatalogueView } from '../../domain/provider/catalogue-store';
import type { Exchange } from '../../domain/records/bodies';
import type { Holding } from '../../lib/held-bytes';

/** A live session and the SHA-256 of its cookie's token. */
export interface RequestSession {
  readonly live: LiveSession;
  readonly tokenHash: string;
}

/** What the call log will say of a request that is answered, as far as it is known yet. */
export interface RequestCall {
  /** As it was named; null: not yet, or not at all. */
  model: string | null;
  /** The template, as it was named; null: none. */
  template: string | null;
  /** What it turned out to be; null: it was not looked for, or not found. */
  foundTemplate: { readonly name: string; readonly model: string | null } | null;
  isStream: boolean;
  /** A run was admitted for it: the run tells of the call. */
  hasRun: boolean;
  errorCode: ErrorCode | null;
}

/** A form as it was read, for those who keep it. */
export interface RequestForm {
  readonly fields: unknown;
  readonly files: NonNullable<Exchange['request']['files']>;
}

interface Locals {
  catalogue?: Catalogue;
  principal?: Principal;
  /** Where `authenticatePerson` found them. */
  session?: RequestSession;
  scope?: Scope;
  teams?: TeamsWithin;
  heldBytes?: { open(teamId: number | null): Holding };
  holding?: Holding;
  /** The value of `x-atelier-dropped` once this provider serves; null: none is chosen yet. */
  droppedBy?: (provider: string | null) => string;
  /** Words errors for a surface whose shape is not OpenAI's. */
  errorShape?: (error: AppError, requestId: string) => unknown;
  /** Of a request that the call log may tell of. */
  call?: RequestCall;
  form?: RequestForm;
  requestId?: string;
  startedMs?: number;
  /** Since the request came; absent: no token of a streamed answer went out. */
  firstTokenMs?: number;
  /** W3C `traceparent` of the request's span; null or absent: it is not traced. */
  traceparent?: string | null;
}

/** What the handlers of one answer remember. */
export function localsOf(response: Response): Locals {
  return response.locals as Locals;
}

/** Remembers who calls and where their bytes are counted, for the handlers behind `authenticate`. */
export function setPrincipal(response: Response, principal: Principal, heldBytes: NonNullable<Locals['heldBytes']>): void {
  const locals = localsOf(response);
  locals.principal = principal;
  locals.heldBytes = heldBytes;
}

/** The session of the request. Only behind `authenticatePerson`. */
export function requestSessionOf(response: Response): RequestSession {
  const { session } = localsOf(response);
  if (session === undefined) throw new AppError('internal', 'The route does not authenticate people.');
  return session;
}

/** Who calls. Only behind `authenticate`. */
export function principalOf(response: Response): Principal {
  const { principal } = response.locals as Locals;
  if (principal === undefined) throw new AppError('internal', 'The route does not authenticate.');
  return principal;
}

/** Remembers whose things the request reaches, for the handlers behind the check of its permission. */
export function setScope(response: Response, scope: Scope): void {
  localsOf(response).scope = scope;
}

/** As `setScope`, for administration, which names its teams itself. */
export function setTeams(response: Response, teams: TeamsWithin): void {
  localsOf(response).teams = teams;
}

/** Whose things the request reaches. Only in routes under /v1. */
export function scopeOf(response: Response): Scope {
  const { scope } = localsOf(response);
  if (scope === undefined) throw new AppError('internal', 'The route checks no permission.');
  return scope;
}

/** The teams whose things the request reaches. Only in routes under /admin/v1. */
export function teamsOf(response: Response): TeamsWithin {
  const { teams } = localsOf(response);
  if (teams === undefined) throw new AppError('internal', 'The route checks no permission.');
  return teams;
}

/**
 * Refuses a team that the body or the query names and the request does not reach.
 * @throws AppError `not_found` for a foreign team, `permission_denied` for an own one in which the role does not allow it
 */
export function expectTeam(response: Response, action: Action, team: string): void {
  authorizeTeam(principalOf(response), action, team);
}

/** The credential that pays for what the request makes. @throws AppError `model_not_allowed` for the admin key */
export function callerOf(response: Response): Caller {
  return payerOf(principalOf(response));
}

/** The credential that a call is billed to; null: it came with no key of a team. */
export function billedCaller(response: Response): Caller | null {
  const { principal } = localsOf(response);
  return principal === undefined || principal.kind === 'admin' ? null : principal.caller;
}

/** What is configured, for the whole request: the snapshot of when it is first asked for. */
export function catalogueOf({ catalogue }: { readonly catalogue: Pick<CatalogueView, 'current'> }, response: Response): Catalogue {
  return (localsOf(response).catalogue ??= catalogue.current());
}

/** Remembers the request's id and beginning (milliseconds of `performance.now`). */
export function setRequest(response: Response, requestId: string, startedMs: number): void {
  const locals = localsOf(response);
  locals.requestId = requestId;
  locals.startedMs = startedMs;
}

/** The answer's `x-request-id`. */
export function requestIdOf(response: Response): string {
  return localsOf(response).requestId ?? '';
}

/** The id of the request's call in the log. */
export function callIdOf(response: Response): string {
  return `call_${requestIdOf(response).slice('req_'.length)}`;
}

/** A token of a streamed answer goes out: the first one is remembered. */
export function noteToken(response: Response): void {
  localsOf(response).firstTokenMs ??= elapsedMs(response);
}

/** Milliseconds since the request came. */
export function elapsedMs(response: Response): number {
  const { startedMs } = localsOf(response);
  return startedMs === undefined ? 0 : performance.now() - startedMs;
}
