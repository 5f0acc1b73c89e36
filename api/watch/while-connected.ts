import type { Response } from 'express';
import type { ApiContext } from '../deps';

/** Waits with a signal that aborts when the client goes away or the api closes. */
export async function whileConnected<Result>(
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
