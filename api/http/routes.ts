import { Router, type IRoute, type Request, type RequestHandler } from 'express';
import { authorize, authorizeTeam, teamsWithin, type Action } from '../../domain/access/permissions';
import { ROUTES, type Open, type PathBelow, type SignedInOnly } from '../../domain/access/routes';
import { AppError } from '../../domain/errors';
import { RECORDED_ROUTES } from '../../domain/records/endpoints';
import type { Authenticating } from '../deps';
import { authenticate, authenticatePerson } from '../middleware/authenticate';
import { keepBodies } from '../middleware/keep-bodies';
import { recordCall } from '../middleware/record-call';
import { asAct, isAct } from './acts';
import { principalOf, setScope, setTeams } from './context';
import { expectJson, readJson, type JsonOptions } from './json-body';
import { allowOnly } from './methods';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
type Method = (typeof METHODS)[number];

/** What a route does besides its handler. */
export interface Steps {
  /** Before the caller is known: cheap checks of headers. */
  readonly first?: RequestHandler;
  /** Once the caller is known and allowed: reading the body. */
  readonly then?: readonly RequestHandler[];
  /** True for requests that bring their own permission, such as a signed link. */
  readonly isOpen?: (request: Request) => boolean;
}

type Names<Path extends string, Mark extends string> = Path extends `${infer Segment}/${infer Rest}`
  ? Names<Segment, Mark> | Names<Rest, Mark>
  : Path extends `${Mark}${infer Name}`
    ? Name
    : never;
type Params<Path extends string> = { [Name in Names<Path, ':'>]: string } & { [Name in Names<Path, '*'>]: string[] };
type Handler<Path extends string> = RequestHandler<Params<Path>>;

interface Register<Prefix extends string, Verb extends Method> {
  <Path extends PathBelow<Prefix, Verb>>(path: Path, handler: Handler<Path>): void;
  <Path extends PathBelow<Prefix, Verb>>(path: Path, steps: Steps, handler: Handler<Path>): void;
}

/** Registers routes: their paths must have a row in `ROUTES`. */
export type Routes<Prefix extends string> = { readonly [Verb in Method as Lowercase<Verb>]: Register<Prefix, Verb> } & {
  /** The router of all that was registered; other methods of its paths are 405. */
  readonly done: () => Router;
};

/**
 * The one way by which routes come into being: each authenticates its caller and checks the permission of its row in `ROUTES`, before its body
 * is read. Handlers ask `scopeOf` (under /v1) or `teamsOf` (under /admin/v1) whose things they may reach; a `:team` in the path of an
 * administrative route is checked here.
 *
 * @param prefix - where the router will be mounted: "/v1"
 * @example
 * const routes = createRoutes(context, '/v1');
 * routes.post('/tasks', jsonOf(MAX_JSON_BYTES), (request, response) => createTask(context, request, response));
 * return routes.done();
 */
export function createRoutes<Prefix extends '' | '/auth' | '/v1' | '/admin/v1'>(context: Authenticating, prefix: Prefix): Routes<Prefix> {
  const router = Router();
  const known = new Map<string, { readonly route: IRoute; readonly methods: Method[] }>();

  function register(method: Method, path: string, ...given: readonly [RequestHandler] | readonly [Steps, RequestHandler]): void {
    const [steps, handler] = given.length === 1 ? [{}, given[0]] : given;
    const place = known.get(path) ?? { route: router.route(path), methods: [] };
    known.set(path, place);
    place.methods.push(method);
    const name = `${method} ${prefix}${path}`;
    if (!isRow(name)) throw new AppError('internal', `The route ${name} has no row in the permission table.`);
    const checks = checksOf(context, ROUTES[name], prefix);
    const { first, then = [], isOpen } = steps;
    const endpoint = RECORDED_ROUTES[name];
    const verb = method.toLowerCase() as Lowercase<Method>;
    place.route[verb](
      ...(endpoint === undefined ? [] : [recordCall(context, endpoint)]),
      ...(first === undefined ? [] : [first]),
      ...checks.map((check) => (isOpen === undefined ? check : unless(isOpen, check))),
      ...(endpoint === undefined ? [] : [keepBodies(context)]),
      ...then,
      isAct(name) ? asAct(context, name, handler) : handler,
    );
  }

  const registers = Object.fromEntries(METHODS.map((method) => [method.toLowerCase(), register.bind(null, method)]));
  return {
    ...(registers as unknown as Routes<Prefix>),
    done() {
      for (const { route, methods } of known.values()) route.all(allowOnly(...methods));
      return router;
    },
  };
}

/** A JSON body of at most so many bytes: refused by its headers before the caller is known, read afterwards. */
export function jsonOf(maxBytes: number, options: JsonOptions = {}): Steps {
  return { first: expectJson(maxBytes), then: [readJson(maxBytes, options)] };
}

/** The same body, which may be left out. */
export function optionalBody({ first, then = [] }: Steps): Steps {
  return { ...(first === undefined ? {} : { first: unless(hasNoBody, first) }), then: then.map((step) => unless(hasNoBody, step)) };
}

function checksOf(context: Authenticating, row: Action | Open | SignedInOnly, prefix: string): readonly RequestHandler[] {
  if (row === 'open') return [];
  return row === 'signed_in' ? [authenticatePerson(context)] : [authenticate(context), permit(row, prefix)];
}

function isRow(name: string): name is keyof typeof ROUTES {
  return Object.hasOwn(ROUTES, name);
}

function permit(action: Action, prefix: string): RequestHandler {
  if (prefix !== '/admin/v1') {
    return (_request, response, next) => {
      setScope(response, authorize(principalOf(response), action));
      next();
    };
  }
  return (request, response, next) => {
    // Answers hold keys, links and secrets.
    response.setHeader('cache-control', 'no-store');
    const principal = principalOf(response);
    const { team } = request.params;
    if (typeof team === 'string') authorizeTeam(principal, action, team);
    setTeams(response, teamsWithin(principal, action));
    next();
  };
}

function unless(isSo: (request: Request) => boolean, handler: RequestHandler): RequestHandler {
  return (request, response, next) => (isSo(request) ? next() : handler(request, response, next));
}

function hasNoBody({ headers }: Request): boolean {
  return headers['transfer-encoding'] === undefined && Number(headers['content-length'] ?? 0) === 0;
}
