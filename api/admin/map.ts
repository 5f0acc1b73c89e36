import type { LedgerReport } from '../../domain/money/ledger';

/** The proof of the books. */
export function ledgerObject(report: LedgerReport): Readonly<Record<string, unknown>> {
  return {
    ok: report.ok,
    accounts: report.accounts,
    entries: report.entries,
    ...(report.sealedEntries === 0 ? {} : { sealed_entries: report.sealedEntries }),
    open_reservations: report.openReservations,
    problems: report.problems,
  };
}
