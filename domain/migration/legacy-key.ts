/** What clients of New API and One API send: the key with or without `sk-`, for administrators with a channel's number behind it. */
const SPELLED = /^(?:sk-)?([A-Za-z0-9]{8,128})(?:-\d{1,9})?$/;

/** The one form in which a key of another gateway is kept here. */
export function keptForm(key: string): string {
  return `sk-${key}`;
}

/**
 * The kept form of a key that may have come in from another gateway.
 * @param given - as a client sent it
 * @returns null when it is none, or is in that form already
 */
export function importedForm(given: string): string | null {
  const key = SPELLED.exec(given)?.[1];
  if (key === undefined) return null;
  const kept = keptForm(key);
  return kept === given ? null : kept;
}
