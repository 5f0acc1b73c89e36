const REDACTED = '[redacted]';
const DEEPEST = 8;
const LONGEST_TEXT = 4_000;
const MOST_ITEMS = 100;

/** Names of fields that hold secrets, whatever their value. Compared without `-`, `_` and case. */
const SECRET_NAMES =
  /^(proxy)?authorization$|^(set)?cookie$|api(key|token)$|apikeyid$|^x?goog.*key$|^(.*)?(secret|password|passwd|passphrase)$|^(previous)?masterkey(previous)?$|^adminkey$|accesskey(id)?$|secretaccesskey$|privatekey$|^(access|refresh|bearer|auth|session)token$|^token$|^keys?$|^databaseurl$|signature$/;

/** Shapes of secrets inside text: provider keys, our keys, webhook secrets, bearer tokens, passwords in URLs, signed-link parameters. */
const SECRET_SHAPES: readonly (readonly [RegExp, string])[] = [
  [/\b(Bearer|Basic)\s+[\w.~+/=-]{6,}/gi, `$1 ${REDACTED}`],
  [/\b(sk|rk|pk|key|r8|xai|gsk|fal)-[\w-]{8,}/gi, `$1-${REDACTED}`],
  [/\b(whsec_|atl_[a-z]+_|AIza|r8_|ghp_)[\w+/=-]{8,}/g, `$1${REDACTED}`],
  [/:\/\/([^\s:/@]*):[^\s@/]+@/g, `://$1:${REDACTED}@`],
  [/([?&](?:X-Amz-(?:Signature|Credential|Security-Token)|key|api_?key|token|signature|sig)=)[^&\s"']+/gi, `$1${REDACTED}`],
];

/** A copy of the fields that JSON can hold and that holds no secret. */
export function redact(fields: object): Record<string, unknown> {
  if (fields instanceof Error) {
    return { err: redactValue(fields, 0, new Set()) };
  }
  return redactValue(fields, 0, new Set()) as Record<string, unknown>;
}

/** The text with everything that looks like a secret replaced. */
export function redactText(text: string): string {
  const short = text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}... (${String(text.length)} characters)` : text;
  return SECRET_SHAPES.reduce((result, [shape, replacement]) => result.replace(shape, replacement), short);
}

function redactValue(value: unknown, depth: number, above: ReadonlySet<object>): unknown {
  if (typeof value === 'string') {
    return redactText(value);
  }
  if (typeof value === 'bigint') {
    return value.toString();
  }
  if (typeof value === 'function' || typeof value === 'symbol') {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  if (above.has(value) || depth >= DEEPEST) {
    return '[deeper]';
  }
  return redactObject(value, depth, new Set([...above, value]));
}

function redactObject(value: object, depth: number, above: ReadonlySet<object>): unknown {
  if (value instanceof Date) {
    return Number.isNaN(value.getTime()) ? null : value.toISOString();
  }
  if (value instanceof URL) {
    return redactText(value.href);
  }
  if (value instanceof Uint8Array) {
    return `[${String(value.byteLength)} bytes]`;
  }
  if (Array.isArray(value)) {
    const items = value.slice(0, MOST_ITEMS).map((item: unknown) => redactValue(item, depth + 1, above));
    return value.length > MOST_ITEMS ? [...items, `[${String(value.length - MOST_ITEMS)} more]`] : items;
  }
  const entries: readonly (readonly [string, unknown])[] =
    value instanceof Map ? [...value].map(([name, item]) => [String(name), item as unknown]) : ownEntries(value);
  return Object.fromEntries(
    entries.map(([name, item]) => [name, isSecretName(name) && hasValue(item) ? REDACTED : redactValue(item, depth + 1, above)]),
  );
}

/** An error's name, message, stack and cause are not enumerable but are what matters. */
function ownEntries(value: object): readonly (readonly [string, unknown])[] {
  const own: readonly (readonly [string, unknown])[] = Object.entries(value);
  if (!(value instanceof Error)) {
    return own;
  }
  const { name, message, stack, cause } = value;
  return [['type', name], ['message', message], ['stack', stack], ...(cause === undefined ? [] : [['cause', cause] as const]), ...own];
}

function isSecretName(name: string): boolean {
  return SECRET_NAMES.test(name.replace(/[-_]/g, '').toLowerCase());
}

function hasValue(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}
