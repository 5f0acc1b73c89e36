import type { RequestHandler, Response } from 'express';
import { teamOf } from '../../domain/access/principal';
import { AppError } from '../../domain/errors';
import type { HeldBytes, Holding } from '../../lib/held-bytes';
import { principalOf, localsOf } from './context';

const RETRY_AFTER_MS = 1_000;
/** No team has this id. */
const STRANGERS = -1;

/** Counts what requests hold that come before anybody is known, all of them together as one team. */
export function holdForStrangers(heldBytes: HeldBytes): RequestHandler {
  return (_request, response, next) => {
    const holding = heldBytes.open(STRANGERS);
    localsOf(response).holding = holding;
    response.once('close', () => {
      holding.release();
    });
    next();
  };
}

/** The count of the request that is answered; it ends with the answer. Only behind `authenticate`. */
export function heldBy(response: Response): Holding {
  const locals = localsOf(response);
  if (locals.holding !== undefined) return locals.holding;
  if (locals.heldBytes === undefined) throw new AppError('internal', 'The route does not authenticate.');
  const holding = locals.heldBytes.open(teamOf(principalOf(response)));
  locals.holding = holding;
  response.once('close', () => {
    holding.release();
  });
  return holding;
}

/** The refusal of a request for which there is no room. */
export function tooMuchHeld(): AppError {
  return new AppError(
    'rate_limit_exceeded',
    'Too many large requests of this team, or of all teams, are in progress at once. Nothing was started or charged. Send this one again later.',
    { retryAfterMs: RETRY_AFTER_MS },
  );
}
