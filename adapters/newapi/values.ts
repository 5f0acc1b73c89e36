/** A value of a row: each library's own numbers are made one of these. */
export type Value = string | number | bigint | boolean | Date | Buffer | null | undefined | object;
export type Row = Readonly<Record<string, Value>>;

/** What the three engines give for one column, as one type. */
export function whole(value: Value): number {
  return Number(integer(value));
}

export function integer(value: Value): bigint {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number') return BigInt(Math.trunc(value));
  if (typeof value === 'boolean') return value ? 1n : 0n;
  if (typeof value === 'string' && /^-?\d+$/.test(value.trim())) return BigInt(value.trim());
  return 0n;
}

export function wholeOrNull(value: Value): number | null {
  return value === null || value === undefined ? null : whole(value);
}

/** Trimmed at the end: `char(48)` of Postgres is padded. Values of JSON columns come as objects. */
export function text(value: Value): string {
  if (value === null || value === undefined) return '';
  if (value instanceof Uint8Array || value instanceof ArrayBuffer) return Buffer.from(value as Uint8Array).toString('utf8');
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'object' ? JSON.stringify(value) : String(value).trimEnd();
}

export function textOrNull(value: Value): string | null {
  const given = text(value);
  return given === '' ? null : given;
}

export function flag(value: Value): boolean {
  return value === true || value === 't' || value === 'true' || (typeof value !== 'boolean' && integer(value) !== 0n);
}

/** Whether a soft-deleted row. */
export function isGone(row: Row): boolean {
  const at = row['deleted_at'];
  return at !== null && at !== undefined && at !== '';
}

/** A list with separators, without what is empty. */
export function listOf(value: Value, separator: string | RegExp = ','): readonly string[] {
  return text(value)
    .split(separator)
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

export function objectOf(json: string): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(json);
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? (parsed as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
