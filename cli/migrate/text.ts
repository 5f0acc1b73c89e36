import type { Inspection } from '../../importer/inspect';
import type { PlanHead } from '../../importer/plan/plan';
import { table } from '../table';

/** What `migrate inspect` says to people. */
export function inspectionText({ product, version, engine, location, tables, balances, not_coming: left }: Inspection): string {
  return [
    `${product === 'new-api' ? 'New API' : 'One API'} (${version}), ${engine}: ${location}`,
    `Balances: ${balances.quota} units, ${balances.usd} USD of ${String(balances.users)} users.`,
    '',
    table(
      ['TABLE', 'ROWS'],
      Object.entries(tables).map(([name, rows]) => [name, String(rows)]),
    ),
    '',
    'Will not come along:',
    ...left.map(({ what, count, why }) => `  ${what}${count === null ? '' : ` (${String(count)})`}: ${why}`),
  ].join('\n');
}

/** What `migrate plan` says to people. */
export function planText({ tables, balances, history, usage }: PlanHead, file: string): string {
  const rows = Object.entries(tables).filter(([, fate]) => fate.rows > 0);
  return [
    `✓ The plan is in ${file}. Nothing was changed anywhere.`,
    '',
    table(
      ['TABLE', 'ROWS', 'COME ALONG', 'STAY'],
      rows.map(([name, fate]) => [name, fate.rows, fate.imported, fate.skipped].map(String)),
    ),
    '',
    `Balances: ${balances.source_usd} USD at the source, ${balances.planned_usd} USD in the plan.`,
    `History: ${String(history.tasks + history.midjourneys)} generations; spending: ${usage.spent_usd} USD.`,
    'Read its warnings, then: atelier migrate apply --dry-run ' + file,
  ].join('\n');
}
