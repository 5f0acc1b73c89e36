import type { Difference } from '../../domain/invoice/reconcile';
import { formatPicoUsd, type PicoUsd } from '../../domain/money/money';
import { table } from '../table';
import type { ComparedInvoice } from './reconcile-invoice';

/** Differences that a terminal shows; `--json` has more. */
const MOST_SHOWN = 30;

/** The comparison as a document for programs. */
export function reconciliationDocument(file: string, provider: string, compared: ComparedInvoice): object {
  const { from, to, lines, skipped, agreed, invoice, booked, isExplained, reasons, differences } = compared;
  return {
    object: 'reconciliation',
    ok: isExplained,
    file,
    provider,
    from: from.toISOString(),
    to: to.toISOString(),
    lines,
    skipped_lines: skipped,
    agreed,
    invoice_usd: formatPicoUsd(invoice),
    booked_usd: formatPicoUsd(booked),
    difference_usd: formatPicoUsd(invoice - booked),
    reasons: [...reasons].map(([reason, sum]) => ({ reason, count: sum.count, difference_usd: formatPicoUsd(sum.amount) })),
    differences: differences.map(differenceObject),
  };
}

function differenceObject(difference: Difference) {
  const { reason, isExplained, explanation, model, from, to, upstreamId, taskId, invoice, booked } = difference;
  return {
    reason,
    explained: isExplained,
    explanation,
    model,
    from: from?.toISOString() ?? null,
    to: to?.toISOString() ?? null,
    upstream_id: upstreamId,
    task_id: taskId,
    invoice_usd: formatPicoUsd(invoice),
    booked_usd: formatPicoUsd(booked),
    difference_usd: formatPicoUsd(invoice - booked),
  };
}

/** The comparison for people. */
export function reconciliationText(file: string, provider: string, compared: ComparedInvoice): string {
  const { from, to, lines, skipped, agreed, invoice, booked, isExplained, reasons, differences } = compared;
  const shown = [...differences].sort((left, right) => Number(left.isExplained) - Number(right.isExplained)).slice(0, MOST_SHOWN);
  const others = [...reasons.values()].reduce((sum, { count }) => sum + count, 0) - (reasons.get('rounding')?.count ?? 0) - shown.length;
  return [
    `${file}: ${String(lines)} lines of ${provider}, ${minute(from)} to ${minute(to)} UTC${skipped === 0 ? '' : `; ${String(skipped)} of other times left out`}.`,
    `Invoice ${usd(invoice)} USD, booked ${usd(booked)} USD, difference ${usd(invoice - booked)} USD; ${String(agreed)} lines and days agree.`,
    ...(reasons.size === 0
      ? []
      : [
          '',
          table(
            ['REASON', 'COUNT', 'DIFFERENCE USD'],
            [...reasons].map(([reason, sum]) => [reason, String(sum.count), usd(sum.amount)]),
          ),
        ]),
    ...shown.flatMap((one) => ['', headOf(one), `  ${one.explanation}`]),
    ...(others > 0 ? ['', `And ${String(others)} more; --json has the first 1,000.`] : []),
    '',
    isExplained ? '✓ Every difference is explained.' : '✗ Not every difference is explained.',
  ].join('\n');
}

function headOf({ reason, model, from, upstreamId, taskId, invoice, booked }: Difference): string {
  const what = [from?.toISOString().slice(0, 10), model, upstreamId, taskId]
    .filter((part) => part !== null && part !== undefined)
    .join(' ');
  return `${reason}: ${what} (invoice ${usd(invoice)}, booked ${usd(booked)})`;
}

function minute(at: Date): string {
  return at.toISOString().slice(0, 16).replace('T', ' ');
}

function usd(amount: PicoUsd): string {
  return formatPicoUsd(amount);
}
