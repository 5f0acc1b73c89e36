import type { Request, Response } from 'express';
import type { ApiContext } from '../deps';
import { matchesEtag, preferredWaitS } from './request-headers';
import { sendJson } from './send';

/** What a client may wait for with `Prefer: wait=N`, and how it is answered. */
export interface Waited<Thing, Whole extends Thing> {
  readonly find: () => Promise<Thing>;
  /** All that is presented of the thing as it is now; it may have moved on since it was found. */
  readonly load: (found: Thing) => Promise<Whole>;
  readonly isAtRest: (thing: Thing) => boolean;
  readonly waitForEnd: (options: { readonly timeoutMs: number; readonly signal: AbortSignal }) => Promise<unknown>;
  readonly etagOf: (thing: Thing) => string;
  /** More headers of the answer, such as when to ask again. */
  readonly headersOf: (thing: Thing) => Readonly<Record<string, string>>;
  readonly present: (thing: Whole) => { readonly links: { readonly self: string } };
}

/** What the request did: it read a thing, it made it, or it repeated one that had made it. */
export type Standing = 'read' | 'created' | 'repeated';

/**
 * Answers with the thing as it is, or as it is after `Prefer: wait=N`. 200 for a thing that was read, or is at rest after a wait or at a
 * repeat; 202 for one that goes on, and for one that was made without a wait, whether it has ended meanwhile or not. 304 when a GET names
 * its ETag.
 */
export async function answerWaited<Thing, Whole extends Thing>(
  context: Pick<ApiContext, 'closing'>,
  request: Request,
  response: Response,
  standing: Standing,
  waited: Waited<Thing, Whole>,
): Promise<void> {
  const waitS = preferredWaitS(request);
  let found = await waited.find();
  if (waitS !== null) {
    response.setHeader('preference-applied', `wait=${waitS}`);
    if (!waited.isAtRest(found) && waitS > 0) {
      await whileConnected(context, response, (signal) => waited.waitForEnd({ timeoutMs: waitS * 1_000, signal }));
      if (response.destroyed) return;
      found = await waited.find();
    }
  }
  if (request.method === 'GET' && matchesEtag(request.headers['if-none-match'], waited.etagOf(found))) {
    setHeaders(response, waited, found);
    response.statusCode = 304;
    response.end();
    return;
  }
  // Status, headers and body are of one reading: a thing may end between two.
  const thing = await waited.load(found);
  setHeaders(response, waited, thing);
  const isSeenAtRest = waited.isAtRest(thing) && (waitS !== null || standing !== 'created');
  const status = isSeenAtRest || (standing === 'read' && waitS === null) ? 200 : 202;
  const object = waited.present(thing);
  if (status === 202) response.setHeader('location', object.links.self);
  sendJson(response, status, object);
}

function setHeaders<Thing, Whole extends Thing>(response: Response, waited: Waited<Thing, Whole>, thing: Thing): void {
  response.setHeader('etag', waited.etagOf(thing));
  response.setHeader('cache-control', 'private, no-cache');
  for (const [name, value] of Object.entries(waited.headersOf(thing))) response.setHeader(name, value);
}

/** Waits with a signal that aborts when the client goes away or the api closes. */
async function whileConnected<Result>(
  context: Pick<ApiContext, 'closing'>,
  response: Response,
  wait: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const gone = new AbortController();
  const onClose = () => gone.abort();
  response.on('close', onClose);
  try {
    return await wait(AbortSignal.any([gone.signal, context.closing]));
  } finally {
    response.off('close', onClose);
  }
}
