import type { Response } from 'express';
import { principalOf } from './context';

/** Who did it, for records that people read: an e-mail, a key by team and name, or "admin key". */
export function actorOf(response: Response): string {
  const principal = principalOf(response);
  if (principal.kind === 'person') return principal.person.email;
  return principal.kind === 'admin' ? 'admin key' : `${principal.caller.teamName}/${principal.caller.credentialName}`;
}
