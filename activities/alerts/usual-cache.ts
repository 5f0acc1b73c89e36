import type { Usual } from '../../domain/alert/anomaly/usual';

/** Remembers what is usual for subjects in the hours that are looked at. */
export interface UsualCache {
  readonly known: Map<string, Usual | null>;
}

export function createUsualCache(): UsualCache {
  return { known: new Map() };
}
