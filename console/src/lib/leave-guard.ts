import { useEffect } from 'react';

/** Lets the browser ask before the page is left, reloaded or closed. @param isNeeded - something would be lost */
export function useLeaveGuard(isNeeded: boolean): void {
  useEffect(() => {
    if (!isNeeded) return undefined;
    const ask = (event: BeforeUnloadEvent): void => event.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [isNeeded]);
}

/** Calls back when the page is hidden or left: a phone ends a hidden page without telling it. @returns what ends that */
export function onLeave(act: () => void): () => void {
  const hidden = (): void => {
    if (document.visibilityState === 'hidden') act();
  };
  window.addEventListener('pagehide', act);
  document.addEventListener('visibilitychange', hidden);
  return () => {
    window.removeEventListener('pagehide', act);
    document.removeEventListener('visibilitychange', hidden);
  };
}
