/** What looks like a key, whoever's it is: by its prefix, by its form, or by what stands before it. */
const KEY_SHAPES: readonly RegExp[] = [
  /\b(?:sk|pk|rk|whsec)[-_][A-Za-z0-9_\-*]{8,}(?:\.[A-Za-z0-9_\-*]+)*/g,
  // Words of a code look alike ("key_not_found"): a digit tells them apart.
  /\b(?:key|gsk|xai|hf|r8|nvapi|pplx|csk|fw|tgp|ghp|github_pat)[-_](?=[A-Za-z_\-*]*[\d*])[A-Za-z0-9_\-*]{8,}/gi,
  /\bAIza[A-Za-z0-9_-]{20,}|\b(?:AKIA|ASIA|LTAI)[A-Za-z0-9]{12,}/g,
  /\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)?/g,
  /\bBearer\s+[^\s"']+|\bBasic\s+[A-Za-z0-9+/]{12,}={0,2}/gi,
];
/** The word before stays, so that the message can still be read. */
const AFTER_ITS_NAME =
  /(\b(?:api[-_ ]?key|access[-_]?key|secret[-_]?key|access[-_]?token|client[-_]?secret|password)(?:\s+provided)?["']?\s*[:=]\s*["']?|[?&](?:key|token|sig|signature|x-amz-signature)=)[^\s"'&,;}<>]{6,}/gi;
const LONGEST_MESSAGE = 500;

/**
 * Somebody else's words without keys and not longer than a reader needs. `secrets` are removed wherever they stand.
 * @example redact("Wrong key sk-abcdefgh12", []) // Wrong key [redacted]
 */
export function redact(text: string, secrets: readonly string[]): string {
  const withoutSecrets = secrets
    .filter((secret) => secret.length > 0)
    .reduce((rest, secret) => rest.replaceAll(secret, '[redacted]'), text);
  const clean = withoutKeys(withoutSecrets);
  return clean.length > LONGEST_MESSAGE ? `${clean.slice(0, LONGEST_MESSAGE)}…` : clean;
}

/** The text, however long, with everything that looks like a key replaced. */
export function withoutKeys(text: string): string {
  return KEY_SHAPES.reduce((rest, shape) => rest.replace(shape, '[redacted]'), text).replace(AFTER_ITS_NAME, '$1[redacted]');
}
