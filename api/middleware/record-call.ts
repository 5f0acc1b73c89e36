import type { Request, RequestHandler, Response } from 'express';
import { isAppError } from '../../domain/errors';
import type { CallWithoutRun } from '../../domain/records/call';
import type { CallEndpoint } from '../../domain/records/endpoints';
import type { ApiContext } from '../deps';
import { billedCaller, callIdOf, catalogueOf, elapsedMs, localsOf } from '../http/context';
import { readJson } from '../http/json-body';
import { noteBody, originOf } from '../http/request-origin';

type Deps = Pick<ApiContext, 'callKeeper' | 'catalogue' | 'now'>;

/** A body that was refused unread is read for its model's name, if it is no larger and comes soon. */
const UNREAD_BYTES = 256 * 1024;
const UNREAD_PATIENCE_MS = 2_000;

/**
 * Puts requests that make no run into the call log: refused ones, repeats, counts. Such an answer goes out once its call is
 * durable. A request with a run passes: the run's row is in the database before its answer begins, and tells of the call. First on its route.
 */
export function recordCall(context: Deps, endpoint: CallEndpoint): RequestHandler {
  return (request, response, next) => {
    const call = { model: null, template: null, foundTemplate: null, isStream: false, hasRun: false, errorCode: null };
    localsOf(response).call = call;
    const end = response.end.bind(response) as (...given: unknown[]) => Response;

    /** @returns whether the answer may go out */
    async function record(): Promise<boolean> {
      await nameModel(request, response);
      const row = rowOf(context, request, response, endpoint);
      if (row === null) return true;
      const isKept = await context.callKeeper.keep(row);
      return isKept || row.status === 'failed';
    }

    response.end = ((...given: unknown[]) => {
      response.end = end as Response['end'];
      if (call.hasRun || billedCaller(response) === null) return end(...given);
      // A success whose call may get lost is cut off: the client asks again, and is told the same. A refusal is worth more than its row.
      void record().then(
        (mayGo) => (mayGo ? end(...given) : response.destroy()),
        () => end(...given),
      );
      return response;
    }) as Response['end'];
    next();
  };
}

function rowOf(context: Deps, request: Request, response: Response, endpoint: CallEndpoint): CallWithoutRun | null {
  const { call } = localsOf(response);
  const caller = billedCaller(response);
  const model = call?.model ?? call?.foundTemplate?.model ?? call?.template ?? null;
  if (call === undefined || model === null || caller === null) return null;
  const { facts } = originOf(request, response);
  const taskId = response.getHeader('x-atelier-run-id');
  return {
    id: callIdOf(response),
    taskId: typeof taskId === 'string' ? taskId : null,
    endpoint,
    teamId: caller.teamId,
    credentialId: caller.credentialId,
    credentialClass: caller.credentialClass,
    projectId: caller.project?.id ?? null,
    memberId: caller.ownerId,
    client: facts.client ?? null,
    ip: facts.ip ?? null,
    stream: call.isStream,
    model,
    template: call.foundTemplate?.name ?? null,
    modality: catalogueOf(context, response).models.get(model)?.modality ?? null,
    status: call.errorCode === null && response.statusCode < 400 ? 'succeeded' : 'failed',
    httpStatus: response.statusCode,
    errorCode: call.errorCode,
    totalMs: elapsedMs(response),
  };
}

/** Finds the model in the body of a request that was refused before its body was read. */
async function nameModel(request: Request, response: Response): Promise<void> {
  noteBody(response, request.body);
  const isUnread = request.body === undefined && request.readableFlowing !== true && !request.readableEnded && !request.destroyed;
  const { call } = localsOf(response);
  if (!isUnread || call === undefined || call.model !== null) return;
  if (!/^application\/(?:[\w.+-]+\+)?json\b/i.test(request.headers['content-type'] ?? '')) return;
  if (Number(request.headers['content-length'] ?? 0) > UNREAD_BYTES) return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, UNREAD_PATIENCE_MS);
    const done = (error?: unknown): void => {
      clearTimeout(timer);
      if (!isAppError(error)) noteBody(response, request.body);
      resolve();
    };
    try {
      void readJson(UNREAD_BYTES)(request, response, done);
    } catch (error) {
      done(error);
    }
  });
}
