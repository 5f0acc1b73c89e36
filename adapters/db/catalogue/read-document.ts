import type { SecretBox } from '../../../domain/access/secrets';
import { CREDENTIAL_CLASSES, type CredentialClass, type ImagesDefault } from '../../../domain/access/caller';
import type { AlertEntry, ChannelEntry } from '../../../domain/alert/entry';
import type { Alert, Channel } from '../../../domain/alert/rule';
import type { ConfigBudget, ConfigCredential, ConfigDocument, ConfigTeam } from '../../../domain/config/document';
import { formatUsd } from '../../../domain/money/money';
import type { BudgetKind, BudgetLimits, BudgetPeriod } from '../../../domain/money/budget';
import type { Modality } from '../../../domain/provider/catalogue';
import { bodyPolicyOf, type BodyPolicyObject } from '../../../domain/records/bodies';
import { ALERT_COLUMNS, ALERT_TABLES, alertOf, type AlertRow } from '../alerts/row';
import type { Sql } from '../connection/pool';
import { readRules } from '../retention';
import { given } from '../../../lib/given';
import { BOUNDS_COLUMNS, ownBoundsOf, type BoundsRow } from './caller';
import { readDefinitions } from './definitions';

interface TeamRow {
  readonly id: number;
  readonly name: string;
  readonly time_zone: string;
  readonly callback_secret_encrypted: string;
  readonly retention_days: number | null;
  readonly model_tiers: ConfigTeam['modelTiers'];
  readonly log_bodies: BodyPolicyObject | null;
}

interface CredentialRow extends BoundsRow {
  readonly id: number;
  readonly team_id: number;
  readonly name: string;
  readonly class: CredentialClass;
  readonly models: readonly string[];
  readonly images_default: ImagesDefault;
  readonly models_default: Modality | null;
  readonly purpose: string | null;
  readonly owner: string | null;
}

interface BudgetRow {
  readonly kind: BudgetKind;
  readonly team_id: number;
  readonly key: string;
  readonly period: BudgetPeriod;
  readonly micro_usd: bigint;
  readonly warn_percent: readonly number[];
}

type BudgetFinder = (kind: BudgetKind, teamId: number, key: string) => ConfigBudget;

/**
 * Everything that is there and enabled, whoever manages it, as the document that would make it. Keys of credentials are null, for their hashes
 * are all that is kept; those of people and revoked ones are no part of a file.
 */
export async function readDocument(sql: Sql, box: Parameters<typeof readDefinitions>[1] & SecretBox): Promise<ConfigDocument> {
  const { providers, models } = await readDefinitions(sql, box);
  const teams = await sql.query<TeamRow>(
    `select id, name, time_zone, callback_secret_encrypted, retention_days, model_tiers, log_bodies from teams where enabled order by id`,
  );
  const projects = await sql.query<{ readonly id: number; readonly team_id: number; readonly name: string }>(
    'select id, team_id, name from projects where archived_at is null order by id',
  );
  const credentials = await sql.query<CredentialRow>(
    `select k.id, k.team_id, k.name, k.class, k.models, k.images_default, k.models_default, k.purpose, u.email as owner, ${BOUNDS_COLUMNS}
     from credentials k join teams t on t.id = k.team_id left join projects p on p.id = k.project_id and p.archived_at is null
     left join users u on u.id = k.owner_id
     where k.enabled and k.revoked_at is null and k.key_hash is not null order by k.id`,
  );
  const budgetOf = await readBudgets(sql);
  const alerts = await sql.query<AlertRow>(`select ${ALERT_COLUMNS} from ${ALERT_TABLES} where a.deleted_at is null order by a.id`);
  return {
    providers: providers.map(({ provider }) => provider),
    models: models.map(({ model }) => model),
    teams: teams.map((row) => ({
      name: row.name,
      budget: budgetOf('team', row.id, ''),
      classBudgets: Object.fromEntries(CREDENTIAL_CLASSES.map((name) => [name, budgetOf('class', row.id, name)])),
      timeZone: row.time_zone,
      projects: projects
        .filter(({ team_id }) => team_id === row.id)
        .map(({ id, name }) => ({ name, budget: budgetOf('project', row.id, String(id)) })),
      callbackSecret: box.open(row.callback_secret_encrypted),
      retentionDays: row.retention_days,
      logBodies: bodyPolicyOf(row.log_bodies),
      modelTiers: row.model_tiers,
      credentials: credentials.filter(({ team_id }) => team_id === row.id).map((credential) => credentialOf(credential, budgetOf)),
    })),
    organisation: budgetOf('organisation', 0, ''),
    alerts: alerts.map((row) => alertEntry(alertOf(row, box))),
    retention: (await readRules(sql)).map(({ managedBy: _by, ...rule }) => rule),
  };
}

async function readBudgets(sql: Sql): Promise<BudgetFinder> {
  const rows = await sql.query<BudgetRow>(
    'select kind, team_id, key, period, limit_micro_usd as micro_usd, warn_percent from budgets order by kind, team_id, key, period',
  );
  return (kind, teamId, key) => {
    const own = rows.filter((row) => row.kind === kind && row.team_id === teamId && row.key === key);
    const limits: BudgetLimits = Object.fromEntries(own.map((row) => [row.period, row.micro_usd]));
    return { limits, warnPercent: own[0]?.warn_percent ?? [] };
  };
}

function credentialOf(row: CredentialRow, budgetOf: BudgetFinder): ConfigCredential {
  return {
    name: row.name,
    class: row.class,
    key: null,
    limits: budgetOf('credential', row.team_id, String(row.id)).limits,
    models: row.models,
    defaults: { images: row.images_default, models: row.models_default },
    project: row.project_name,
    owner: row.owner,
    purpose: row.purpose,
    bounds: ownBoundsOf(row),
  };
}

function alertEntry({ name, rule, team, credential, settings, channels, enabled }: Alert): AlertEntry {
  return given({
    name,
    rule,
    team: team?.name,
    credential: credential?.name,
    thresholds: settings.thresholds,
    actions: settings.actions,
    channels: channels.map(channelEntry),
    enabled,
    budgets: settings.budgets ?? undefined,
    min_usd: formatUsd(BigInt(settings.minMicroUsd)),
    by: settings.by,
    min_requests: settings.minRequests,
    provider: settings.provider ?? undefined,
    model: settings.model ?? undefined,
    throttle_requests_per_minute: settings.throttlePerMinute,
    max_cost_per_request_usd: settings.ceilingMicroUsd === null ? undefined : formatUsd(BigInt(settings.ceilingMicroUsd)),
  }) as AlertEntry;
}

function channelEntry({ type, url, to, secret, language, quietHours, afterMinutes }: Channel): ChannelEntry {
  return given({
    type,
    url: url ?? undefined,
    to: to.length === 0 ? undefined : to,
    secret: secret ?? undefined,
    language,
    quiet_hours: quietHours === null ? undefined : quietEntry(quietHours),
    after_minutes: afterMinutes ?? undefined,
  }) as ChannelEntry;
}

function quietEntry({ from, to, timeZone, exceptCritical }: NonNullable<Channel['quietHours']>) {
  return { from, to, time_zone: timeZone, except_critical: exceptCritical };
}
