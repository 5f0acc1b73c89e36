import type { Request } from 'express';
import type { ApiSettings } from '../deps';

/** Where this client reaches the api, without a trailing slash: the configured address, else the one it used. */
export function baseUrlOf(settings: Pick<ApiSettings, 'publicUrl'>, request: Request): string {
  return settings.publicUrl ?? `${request.protocol}://${request.headers.host ?? 'localhost'}`;
}
