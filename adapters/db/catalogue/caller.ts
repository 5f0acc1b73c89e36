import { timingSafeEqual } from 'node:crypto';
import type { Caller, CredentialClass, ImagesDefault, KeyBounds } from '../../../domain/access/caller';
import type { EndpointName } from '../../../domain/access/endpoints';
import type { Modality } from '../../../domain/provider/catalogue';
import { bodyPolicyOf, type BodyPolicyObject } from '../../../domain/records/bodies';
import type { Sql } from '../connection/pool';
import { IS_OLD_SIDE } from '../imports/side';

/** What binds a credential, and whose it is, as `boundsColumns` gives it. */
export interface BoundsRow {
  readonly expires_at: Date | null;
  readonly ip_allow: readonly string[] | null;
  readonly endpoints: readonly EndpointName[] | null;
  readonly model_tiers: readonly string[] | null;
  readonly class_tiers: readonly string[] | null;
  readonly max_cost_per_request_micro_usd: bigint | null;
  readonly requests_per_minute: number | null;
  readonly tokens_per_minute: bigint | null;
  readonly concurrent: number | null;
  readonly frozen_by: string | null;
  readonly frozen_reason: string | null;
  readonly throttle_per_minute: number | null;
  readonly ceiling_micro_usd: bigint | null;
  readonly ceiling_by: string | null;
  readonly owner_id: number | null;
  readonly log_bodies: BodyPolicyObject | null;
  /** `numeric` as text. */
  readonly price_factor: string;
  readonly project_id: number | null;
  readonly project_name: string | null;
  /** The provider that serves it while a move lasts; null: it is served here. */
  readonly old_gateway: string | null;
}

/** For the table aliases `k` (credentials), `t` (teams) and `p` (projects). */
export const BOUNDS_COLUMNS = `k.expires_at, k.ip_allow, k.endpoints, k.model_tiers, t.model_tiers -> k.class as class_tiers,
  k.max_cost_per_request_micro_usd, k.requests_per_minute, k.tokens_per_minute, k.concurrent, k.frozen_by, k.frozen_reason, k.throttle_per_minute,
  k.ceiling_micro_usd, k.ceiling_by, k.owner_id, t.log_bodies, t.price_factor::text, p.id as project_id, p.name as project_name,
  (select g.provider from import_keys o join import_traffic g on g.import_id = o.import_id where o.credential_id = k.id and ${IS_OLD_SIDE}) as old_gateway`;

/** Of the credential's own; what binds its callers is `boundsOf`. */
export function ownBoundsOf(row: BoundsRow): KeyBounds {
  return {
    expiresAt: row.expires_at,
    ipAllow: row.ip_allow,
    endpoints: row.endpoints,
    modelTiers: row.model_tiers,
    maxCostPerRequestMicroUsd: row.max_cost_per_request_micro_usd,
    rate: {
      requestsPerMinute: row.requests_per_minute,
      tokensPerMinute: row.tokens_per_minute === null ? null : Number(row.tokens_per_minute),
      concurrent: row.concurrent,
    },
  };
}

/** What a caller has of its credential beside its name, models and defaults. */
export function boundsOf(
  row: BoundsRow,
): Pick<Caller, 'project' | 'ownerId' | 'bounds' | 'logBodies' | 'frozenBy' | 'frozenReason' | 'limitedBy' | 'priceFactor' | 'oldGateway'> {
  const own = ownBoundsOf(row);
  const ceiling = least(own.maxCostPerRequestMicroUsd, row.ceiling_micro_usd);
  return {
    project: row.project_id === null || row.project_name === null ? null : { id: row.project_id, name: row.project_name },
    ownerId: row.owner_id,
    ...priceFactorOf(row),
    ...(row.old_gateway === null ? {} : { oldGateway: row.old_gateway }),
    logBodies: bodyPolicyOf(row.log_bodies),
    frozenBy: row.frozen_by,
    frozenReason: row.frozen_reason,
    limitedBy: ceiling === own.maxCostPerRequestMicroUsd ? null : row.ceiling_by,
    bounds: {
      ...own,
      modelTiers: bothTiers(row.model_tiers, row.class_tiers),
      maxCostPerRequestMicroUsd: ceiling,
      rate: { ...own.rate, requestsPerMinute: least(own.rate.requestsPerMinute, row.throttle_per_minute) },
    },
  };
}

/** 1 is left out: nothing is multiplied. */
function priceFactorOf({ price_factor: factor }: Pick<BoundsRow, 'price_factor'>): Pick<Caller, 'priceFactor'> {
  return Number(factor) === 1 ? {} : { priceFactor: factor };
}

/** The narrower of two bounds; null: no bound. */
function least<Amount extends number | bigint>(one: Amount | null, other: Amount | null): Amount | null {
  if (one === null || other === null) return one ?? other;
  return one < other ? one : other;
}

export interface CallerRow extends BoundsRow {
  readonly id: number;
  readonly name: string;
  readonly class: CredentialClass;
  readonly models: readonly string[];
  readonly images_default: ImagesDefault;
  readonly models_default: Modality | null;
  readonly team_id: number;
  readonly team_name: string;
}

const COLUMNS = `k.id, k.name, k.class, k.models, k.images_default, k.models_default, t.id as team_id, t.name as team_name, ${BOUNDS_COLUMNS}`;
const TABLES = 'credentials k join teams t on t.id = k.team_id left join projects p on p.id = k.project_id';
const MAY_BE_USED = `k.enabled and k.revoked_at is null and t.enabled
  and not exists (select from users u where u.id = k.owner_id and u.disabled_at is not null)`;

/** Selects callers of credentials that may be used, for `callerOf`; to be continued by `and ...`. */
export const SELECT_CALLER = `select ${COLUMNS} from ${TABLES} where ${MAY_BE_USED}`;

export function callerOf(row: CallerRow, replacedAt: Date | null = null): Caller {
  return {
    credentialId: row.id,
    credentialName: row.name,
    credentialClass: row.class,
    teamId: row.team_id,
    teamName: row.team_name,
    models: row.models,
    defaults: { images: row.images_default, models: row.models_default },
    ...boundsOf(row),
    replacedAt,
  };
}

/** Tiers that the key and its class both allow. */
function bothTiers(own: readonly string[] | null, ofClass: readonly string[] | null): readonly string[] | null {
  if (own === null || ofClass === null) return own ?? ofClass;
  return own.filter((tier) => ofClass.includes(tier));
}

const FIND = `
  select k.key_hash, null::timestamptz as replaced_at, ${COLUMNS} from ${TABLES} where ${MAY_BE_USED} and k.key_hash = $1
  union all
  select f.key_hash, f.valid_until, ${COLUMNS} from ${TABLES} join former_keys f on f.credential_id = k.id
  where ${MAY_BE_USED} and f.key_hash = $1 and f.valid_until > now()`;

/** One look-up by the unique indexes of the hashes: of the newest key, and of those that it replaced. */
export async function findCaller(sql: Sql, keyHash: string): Promise<Caller | null> {
  const [row] = await sql.named<CallerRow & { readonly key_hash: string; readonly replaced_at: Date | null }>('find_caller', FIND, [
    keyHash,
  ]);
  // The index compares as it likes; whoever is let in was compared in constant time.
  return row === undefined || !isSame(row.key_hash, keyHash) ? null : callerOf(row, row.replaced_at);
}

function isSame(stored: string, given: string): boolean {
  const [left, right] = [Buffer.from(stored), Buffer.from(given)];
  return left.length === right.length && timingSafeEqual(left, right);
}
