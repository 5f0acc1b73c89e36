import type { ApplyReport } from '../../importer/apply/apply';
import type { Inspection } from '../../importer/inspect';
import type { PlanHead } from '../../importer/plan/plan';
import type { VerifyReport } from '../../importer/verify';
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

/** Reasons of one kind that are told one by one; the rest are counted. */
const MOST_TOLD = 20;

/** What `migrate apply` says to people. */
export function applyText(report: ApplyReport): string {
  const { ok, dry_run: dryRun, imported, unchanged, skipped, balances } = report;
  const told = skipped.flatMap((skip) =>
    'message' in skip ? [`  ${skip.entity} ${String(skip.legacy_id)}: ${skip.reason}. ${skip.message}`] : [],
  );
  return [
    dryRun ? 'Dry run: nothing was changed.' : ok ? '✓ The plan is in.' : '✗ Not all of the plan is in.',
    '',
    table(
      ['', dryRun ? 'WOULD COME IN' : 'CAME IN', 'WAS THERE'],
      Object.entries(imported).map(([name, count]) => [name, String(count), String(unchanged[name as keyof typeof unchanged])]),
    ),
    '',
    `Balances: ${balances.source_usd} USD at the source, ${balances.imported_usd} USD here, difference ${balances.difference_usd}.`,
    `${String(skipped.length)} entries stay behind (--json lists them).`,
    ...told.slice(0, MOST_TOLD),
  ].join('\n');
}

/** What `migrate verify` says to people. */
export function verifyText({ ok, checks, differences, untested }: VerifyReport): string {
  return [
    ...checks.map((check) => `${check.ok ? '✓' : '✗'} ${check.name}: ${check.detail}`),
    ...differences.map(({ what, expected, found }) => `  ${what}: expected ${expected}, found ${found}`),
    ...(untested.length === 0 ? [] : [`  Not called, as their providers are disabled: ${untested.join(', ')}`]),
    ok ? 'All is as planned.' : `${String(differences.length)} differences.`,
  ].join('\n');
}
