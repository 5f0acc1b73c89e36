import { useSyncExternalStore } from 'react';

/** The session as far as requests need it. In memory only. */
let csrf: string | null = null;
let waiting: (() => void)[] = [];
const listeners = new Set<() => void>();

function tell(): void {
  for (const listener of listeners) listener();
}

export function csrfToken(): string | null {
  return csrf;
}

/** Somebody is signed in: requests that waited for it go on. */
export function setCsrfToken(token: string | null): void {
  csrf = token;
  if (token === null) return;
  const resumed = waiting;
  waiting = [];
  for (const resume of resumed) resume();
  tell();
}

/** Resolves once the person has signed in again; the page asks them to. */
export function signedInAgain(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve);
    tell();
  });
}

/** True while requests wait for a sign-in. */
export function useIsSignedOut(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => waiting.length > 0,
  );
}
