import type { Caller } from '../domain/access/caller';
import type { LiveSession, SessionStore } from '../domain/access/session';
import type { Logger } from '../domain/log';
import type { ChangeFeed } from '../domain/events/changes';
import type { CatalogueStore } from '../domain/provider/catalogue-store';
import { createRecent } from './recent';

const TTL_MS = 2_000;
const MOST = 10_000;
const MARK_AFTER_MS = 1_000;
const MARK_EVERY_MS = 60_000;

/** Who calls, without a read of the database per request. */
export interface Callers {
  /** The caller of a key's SHA-256 (hex); at most 2 s old, and forgotten with every change that is notified. Null: no such key. */
  find(keyHash: string): Caller | null | Promise<Caller | null>;
  /** Notes that a credential was used: written in groups, within a second, and at most once a minute for each. */
  used(credentialId: number): void;
  close(): void;
}

export function createCallers(deps: {
  readonly catalogueStore: Pick<CatalogueStore, 'credentials' | 'findCaller'>;
  readonly changes: Pick<ChangeFeed, 'onCatalogue'>;
  readonly logger: Logger;
}): Callers {
  const marks = createMarks(deps);
  const recent = createRecent({ read: (keyHash) => deps.catalogueStore.findCaller(keyHash), ttlMs: TTL_MS, most: MOST });
  const unsubscribe = deps.changes.onCatalogue(() => recent.clear());
  return {
    find: (keyHash) => recent.find(keyHash),
    used: (credentialId) => marks.note(credentialId),
    close() {
      unsubscribe();
      marks.close();
    },
  };
}

/** Writes which credentials were used, off the path of requests. */
function createMarks({ catalogueStore, logger }: Pick<Parameters<typeof createCallers>[0], 'catalogueStore' | 'logger'>) {
  const writtenMs = new Map<number, number>();
  const due = new Set<number>();
  let timer: NodeJS.Timeout | undefined;

  function write(): void {
    clearTimeout(timer);
    timer = undefined;
    if (due.size === 0) return;
    const ids = [...due];
    due.clear();
    // The next use tries again: it is a hint for people.
    catalogueStore.credentials.markUsed(ids).catch((error: unknown) => {
      ids.forEach((id) => writtenMs.delete(id));
      logger.warn({ err: error }, 'The last use of keys could not be written now.');
    });
  }

  return {
    note(credentialId: number): void {
      const nowMs = performance.now();
      if (nowMs - (writtenMs.get(credentialId) ?? -Infinity) < MARK_EVERY_MS) return;
      if (writtenMs.size >= MOST) writtenMs.clear();
      writtenMs.set(credentialId, nowMs);
      due.add(credentialId);
      timer ??= setTimeout(write, MARK_AFTER_MS).unref();
    },
    close: write,
  };
}

/** A team by its id and name. */
export interface TeamName {
  readonly id: number;
  readonly name: string;
}

/** Who has signed in, without a read of the database per request. */
export interface Sessions {
  /**
   * The live session of a token's SHA-256 (hex); at most 2 s old, and forgotten with every change of the person, of their teams or of the
   * session that is notified. Null: there is none.
   */
  find(tokenHash: string): LiveSession | null | Promise<LiveSession | null>;
  /** The person's own credential in a team, made if there is none. Null: it was revoked. */
  callerOf(session: LiveSession, teamId: number): Caller | null | Promise<Caller | null>;
  /** A team that is not switched off, for an admin who looks into it. */
  teamNamed(name: string): Promise<TeamName | null>;
  /** This process ended it just now. */
  forget(tokenHash: string): void;
  close(): void;
}

export function createSessions(deps: {
  readonly sessionStore: Pick<SessionStore, 'find' | 'personalCaller' | 'teamNamed'>;
  readonly changes: Pick<ChangeFeed, 'onCatalogue' | 'onPeople'>;
  readonly idleMs: number;
}): Sessions {
  const { sessionStore, changes, idleMs } = deps;
  const recent = createRecent({ read: (tokenHash) => sessionStore.find(tokenHash, idleMs), ttlMs: TTL_MS, most: MOST });
  const made = new WeakMap<LiveSession, Map<number, Promise<Caller | null>>>();
  const ends = [
    changes.onCatalogue(() => recent.clear()),
    changes.onPeople((userId) => recent.clear((session) => session === null || session.person.id === userId)),
  ];

  function make(session: LiveSession, teamId: number): Promise<Caller | null> {
    const ofSession = made.get(session) ?? new Map<number, Promise<Caller | null>>();
    made.set(session, ofSession);
    const making = ofSession.get(teamId) ?? sessionStore.personalCaller(session.person.id, teamId);
    ofSession.set(teamId, making);
    making.catch(() => ofSession.delete(teamId));
    return making;
  }

  return {
    find: (tokenHash) => recent.find(tokenHash),
    callerOf: (session, teamId) => session.callers.get(teamId) ?? make(session, teamId),
    teamNamed: (name) => sessionStore.teamNamed(name),
    forget: (tokenHash) => recent.forget(tokenHash),
    close: () => ends.forEach((end) => end()),
  };
}
