const KEY_SHAPED = /\b(sk|pk|rk|key|whsec)[-_][A-Za-z0-9_\-*]{8,}|\bBearer\s+[^\s"']+/g;
const LONGEST_MESSAGE = 500;

/** A provider's words without keys and not longer than a reader needs. `secrets` are removed wherever they stand. */
export function redact(text: string, secrets: readonly string[]): string {
  const withoutSecrets = secrets
    .filter((secret) => secret.length > 0)
    .reduce((rest, secret) => rest.replaceAll(secret, '[redacted]'), text);
  const clean = withoutSecrets.replace(KEY_SHAPED, '[redacted]');
  return clean.length > LONGEST_MESSAGE ? `${clean.slice(0, LONGEST_MESSAGE)}…` : clean;
}
