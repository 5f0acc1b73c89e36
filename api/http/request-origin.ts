import type { Request, Response } from 'express';
import type { ErrorCode } from '../../domain/errors';
import { clientFamily, type RequestFacts } from '../../domain/records/request';
import type { VersionedBody } from '../../domain/template/render';
import { clientAddress } from './client-address';
import { localsOf, requestIdOf } from './context';

/** The request that a generation comes from. */
export interface RequestOrigin {
  readonly facts: RequestFacts;
  /** A run was admitted. */
  admitted(): void;
}

/** Whatever a client sends as a model's name; names of models have at most 255 characters. */
const MOST_MODEL = 255;

/** Remembers what the body of a request says of its model and its answer. */
export function noteBody(response: Response, body: unknown): void {
  const { call } = localsOf(response);
  if (call === undefined || typeof body !== 'object' || body === null) return;
  const { model, models, stream, template } = body as Readonly<Record<string, unknown>>;
  const named: unknown = model ?? (Array.isArray(models) ? models[0] : null);
  if (typeof named === 'string' && named !== '') call.model ??= named.slice(0, MOST_MODEL);
  if (typeof template === 'string' && template !== '') call.template ??= template.slice(0, MOST_MODEL);
  call.isStream ||= stream === true;
}

/** Remembers the template that was found: a request that names no model means its. */
export function noteTemplate(response: Response, { name, body }: VersionedBody): void {
  const { call } = localsOf(response);
  if (call !== undefined) call.foundTemplate = { name, model: body.model };
}

/** Remembers the error that is answered, whatever becomes of the answer's status. */
export function noteError(response: Response, code: ErrorCode): void {
  const { call } = localsOf(response);
  if (call !== undefined) call.errorCode ??= code;
}

/**
 * What a submission takes of its request for the call log.
 * @param answered - how the answer does not wait for the end, or not long enough: its status, and how long it waits; absent: it waits
 */
export function originOf(request: Request, response: Response, answered: Pick<RequestFacts, 'status' | 'waitMs'> = {}): RequestOrigin {
  const { call, traceparent = null } = localsOf(response);
  noteBody(response, request.body);
  const ip = clientAddress(request);
  const client = clientFamily(request.headers['user-agent']);
  return {
    facts: {
      id: requestIdOf(response),
      ...(ip === null ? {} : { ip }),
      ...(client === null ? {} : { client }),
      ...(call?.isStream === true ? { stream: true } : {}),
      ...(traceparent === null ? {} : { traceparent }),
      ...answered,
    },
    admitted() {
      if (call !== undefined) call.hasRun = true;
    },
  };
}
