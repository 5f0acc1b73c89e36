const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

interface Field {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  /** Names of its values, the first one for `least`. */
  readonly names: readonly string[];
}

const FIELDS: readonly Field[] = [
  { name: 'minute', least: 0, most: 59, names: [] },
  { name: 'hour', least: 0, most: 23, names: [] },
  { name: 'day of the month', least: 1, most: 31, names: [] },
  { name: 'month', least: 1, most: 12, names: MONTHS },
  { name: 'day of the week', least: 0, most: 7, names: DAYS },
];
const PART = /^(?:\*|([\w]+)(?:-(\w+))?)(?:\/(\d{1,4}))?$/;

/**
 * What is wrong with a cron expression of five fields, as a sentence; null: nothing.
 * @example cronFault('0 25 * * *') // 'The hour "25" is not a number from 0 to 23.'
 */
export function cronFault(cron: string): string | null {
  const given = cron.trim().split(/\s+/);
  if (given.length !== FIELDS.length)
    return 'It has five fields: minute, hour, day of the month, month, day of the week, such as "0 9 * * 1".';
  for (const [place, field] of FIELDS.entries()) {
    const fault = fieldFault(field, given[place] ?? '');
    if (fault !== null) return fault;
  }
  return null;
}

function fieldFault(field: Field, text: string): string | null {
  for (const part of text.split(',')) {
    const found = PART.exec(part);
    const [from, to] = [found?.[1], found?.[2]].map((value) => (value === undefined ? null : valueOf(field, value)));
    const isWrong = found === null || Number.isNaN(from) || Number.isNaN(to) || (from !== null && to !== null && (to ?? 0) < (from ?? 0));
    if (isWrong || found[3] === '0')
      return `The ${field.name} ${JSON.stringify(part.slice(0, 20))} is not a number from ${field.least} to ${field.most}, a range, a list or a step.`;
  }
  return null;
}

/** NaN: no value of the field. */
function valueOf({ least, most, names }: Field, text: string): number {
  const named = names.indexOf(text.toLowerCase());
  if (named !== -1) return least + named;
  const value = /^\d{1,2}$/.test(text) ? Number(text) : Number.NaN;
  return value >= least && value <= most ? value : Number.NaN;
}
