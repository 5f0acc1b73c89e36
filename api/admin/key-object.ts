import type { z } from 'zod';
import type { Credential, CredentialChange } from '../../domain/access/credential';
import { AppError } from '../../domain/errors';
import { formatUsd, parseUsd, type MicroUsd } from '../../domain/money/money';
import { given } from '../../lib/given';
import type { keyChangeSchema } from './key-schema';

/** What a body sets, in the units and names of the domain. */
export function changeOf(body: z.output<typeof keyChangeSchema>): CredentialChange {
  const { limits, rate } = body;
  const total = limits === null ? null : limits?.total_usd;
  if (total !== undefined && body.limit_usd !== undefined && total !== body.limit_usd) {
    throw new AppError('invalid_value', 'limit_usd is short for limits.total_usd; give one of the two.', { param: 'limit_usd' });
  }
  return given({
    class: body.class,
    project: body.project,
    owner: body.owner,
    purpose: body.purpose,
    models: body.models,
    limits: given({
      total: microUsd(total === undefined ? body.limit_usd : total),
      monthly: microUsd(limits === null ? null : limits?.monthly_usd),
      daily: microUsd(limits === null ? null : limits?.daily_usd),
    }),
    bounds: given({
      expiresAt: body.expires_at === undefined || body.expires_at === null ? body.expires_at : new Date(body.expires_at),
      ipAllow: body.ip_allow,
      endpoints: body.endpoints,
      modelTiers: body.model_tiers,
      maxCostPerRequestMicroUsd: microUsd(body.max_cost_per_request_usd),
      rate: given({
        requestsPerMinute: rate === null ? null : rate?.requests_per_minute,
        tokensPerMinute: rate === null ? null : rate?.tokens_per_minute,
        concurrent: rate === null ? null : rate?.concurrent,
      }),
    }),
    defaults: given({ images: body.images_default, models: body.models_default }),
  });
}

function microUsd(usd: string | null | undefined): MicroUsd | null | undefined {
  return usd === undefined || usd === null ? usd : parseUsd(usd);
}

/** A key as listed. */
export function keyObject(credential: Credential) {
  const { bounds, limits, defaults } = credential;
  return {
    object: 'key',
    id: `${credential.team}/${credential.name}`,
    team: credential.team,
    name: credential.name,
    class: credential.class,
    managed_by: credential.managedBy,
    state: credential.state,
    frozen: credential.frozenBy !== null,
    frozen_by: credential.frozenBy,
    frozen_reason: credential.frozenReason,
    project: credential.project,
    owner: credential.owner,
    purpose: credential.purpose,
    limit_usd: usd(limits.total),
    limits: { total_usd: usd(limits.total), monthly_usd: usd(limits.monthly), daily_usd: usd(limits.daily) },
    spent_usd: formatUsd(credential.spentMicroUsd),
    held_usd: formatUsd(credential.heldMicroUsd),
    rate: {
      requests_per_minute: bounds.rate.requestsPerMinute,
      tokens_per_minute: bounds.rate.tokensPerMinute,
      concurrent: bounds.rate.concurrent,
    },
    max_cost_per_request_usd: usd(bounds.maxCostPerRequestMicroUsd),
    expires_at: bounds.expiresAt?.toISOString() ?? null,
    ip_allow: bounds.ipAllow,
    endpoints: bounds.endpoints,
    models: credential.models,
    model_tiers: bounds.modelTiers,
    images_default: defaults.images,
    models_default: defaults.models,
    hint: credential.hint,
    former_keys: credential.formerKeys.map(({ hint, validUntil }) => ({ hint, valid_until: validUntil.toISOString() })),
    created_at: credential.createdAt.toISOString(),
    rotated_at: credential.rotatedAt?.toISOString() ?? null,
    last_used_at: credential.lastUsedAt?.toISOString() ?? null,
    revoked_at: credential.revokedAt?.toISOString() ?? null,
  };
}

function usd(amount: MicroUsd | null): string | null {
  return amount === null ? null : formatUsd(amount);
}
