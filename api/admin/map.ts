import { formatUsd } from '../../domain/money/money';
import type { LedgerReport } from '../../domain/money/ledger';
import type { Credential } from '../../domain/access/credential';

/** A key as listed. */
export function keyObject(credential: Credential): Readonly<Record<string, unknown>> {
  return {
    object: 'key',
    team: credential.team,
    name: credential.name,
    class: credential.class,
    limit_usd: credential.limitMicroUsd === null ? null : formatUsd(credential.limitMicroUsd),
    spent_usd: formatUsd(credential.spentMicroUsd),
    held_usd: formatUsd(credential.heldMicroUsd),
    models: credential.models,
    images_default: credential.defaults.images,
    models_default: credential.defaults.models,
    hint: credential.hint,
    created_at: credential.createdAt.toISOString(),
    revoked_at: credential.revokedAt?.toISOString() ?? null,
  };
}

/** The proof of the books. */
export function ledgerObject(report: LedgerReport): Readonly<Record<string, unknown>> {
  return {
    ok: report.ok,
    accounts: report.accounts,
    entries: report.entries,
    open_reservations: report.openReservations,
    problems: report.problems,
  };
}
