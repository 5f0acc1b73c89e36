import type { ImportedCredential, ImportedMember, ImportedTask, ImportedTeam, ImportedUsage } from '../../../domain/migration/import';
import { parseUsd } from '../../../domain/money/money';
import type { ImportRows } from './schema';

type RowOf<Name extends 'teams' | 'members' | 'credentials' | 'tasks'> = ImportRows[Name][number];

export function teamOf({ legacy_id: legacyId, name, price_factor: priceFactor }: RowOf<'teams'>): ImportedTeam {
  return { legacyId, name, priceFactor };
}

export function memberOf({
  legacy_id: legacyId,
  balance_usd: balance,
  at_source_usd: atSource,
  at_source_state: sourceState,
  ...rest
}: RowOf<'members'>): ImportedMember {
  return {
    legacyId,
    ...rest,
    balanceMicroUsd: signed(balance),
    ...(atSource === undefined ? {} : { atSourceMicroUsd: signed(atSource) }),
    ...(sourceState === undefined ? {} : { sourceState }),
  };
}

export function credentialOf(row: RowOf<'credentials'>): ImportedCredential {
  return {
    legacyId: row.legacy_id,
    ownerId: row.owner_id,
    team: row.team,
    name: row.name,
    class: row.class,
    keyHash: row.key_hash,
    hint: row.hint,
    limitMicroUsd: row.limit_usd === null ? null : parseUsd(row.limit_usd),
    ...(row.at_source_usd === undefined ? {} : { atSourceMicroUsd: parseUsd(row.at_source_usd) }),
    expiresAt: row.expires_at === null ? null : new Date(row.expires_at),
    models: row.models,
    ipAllow: row.ip_allow,
    enabled: row.enabled,
    ownerEnabled: row.owner_enabled,
    ...(row.at_source_state === undefined ? {} : { sourceState: row.at_source_state }),
  };
}

export function taskOf(row: RowOf<'tasks'>): ImportedTask {
  return {
    table: row.table,
    legacyId: row.legacy_id,
    ownerId: row.owner_id,
    platform: row.platform,
    action: row.action,
    model: row.model,
    prompt: row.prompt,
    succeeded: row.succeeded,
    failReason: row.fail_reason,
    urls: row.urls,
    costMicroUsd: signed(row.cost_usd),
    createdAt: new Date(row.created_at),
    finishedAt: row.finished_at === null ? null : new Date(row.finished_at),
  };
}

export function usageOf(row: NonNullable<ImportRows['usage']>['rows'][number]): ImportedUsage {
  return {
    hour: new Date(row.hour),
    ownerId: row.owner_id,
    credentialId: row.credential_id,
    model: row.model,
    modality: row.modality,
    requests: row.requests,
    inputTokens: row.input_tokens,
    outputTokens: row.output_tokens,
    costMicroUsd: parseUsd(row.cost_usd),
  };
}

function signed(usd: string): bigint {
  return usd.startsWith('-') ? -parseUsd(usd.slice(1)) : parseUsd(usd);
}
