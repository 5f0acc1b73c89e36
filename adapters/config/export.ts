import { isDeepStrictEqual } from 'node:util';
import { stringify } from 'yaml';
import { given } from '../../lib/given';
import type { ConfigBudget, ConfigCredential, ConfigDocument, ConfigModel, ConfigTeam } from '../../domain/config/document';
import type { AlertEntry } from '../../domain/alert/entry';
import { formatUsd } from '../../domain/money/money';
import type { Provider } from '../../domain/provider/catalogue';
import type { FileEntry } from '../../domain/provider/definitions';
import { bodyPolicyObject } from '../../domain/records/bodies';
import { toModel, toProvider, type Kinds } from './document';
import { modelEntry, providerEntry } from './entries';
import { SECRET_HEADER } from './references';
import { modelEntry as modelSchema, providerEntry as providerSchema } from './schema';

export interface ExportedConfig {
  readonly yaml: string;
  /** Names of the environment variables in place of secrets, in the order of the file. */
  readonly variables: readonly string[];
}

const HEAD = `Written by \`atelier config export\`: what this installation has, whoever manages it. Options at their defaults are left out.
Secrets that are kept only hashed, or that teams and alerts have already, are left out: applied at this installation,
credentials keep their keys, teams their callback secrets and webhooks of alerts theirs. Elsewhere, add \`key\` to each credential.
Applying it makes everything in it the file's: it is changed here from then on.`;

/** A document as a file, with the names of variables in place of secrets. */
export function exportConfig(document: ConfigDocument): ExportedConfig {
  const variables: string[] = [];
  const reference = (...parts: readonly string[]): string => {
    const plain = parts
      .join('_')
      .replace(/\W+/g, '_')
      .toUpperCase()
      .replace(/^(?=\d)/, '_');
    let name = plain;
    for (let count = 2; variables.includes(name); count += 1) name = `${plain}_${count}`;
    variables.push(name);
    return `\${${name}}`;
  };
  const kinds: Kinds = new Map(document.providers.map(({ name, kind }) => [name, kind]));
  const file = given({
    organisation: document.organisation === null ? undefined : wrapped('budget_usd', budgetEntry(document.organisation)),
    providers: document.providers.map((provider) => briefProvider(provider, reference)),
    models: document.models.map((model) => briefModel(model, kinds)),
    teams: document.teams.map(teamEntry),
    alerts: emptyless(document.alerts.map((alert) => alertEntry(alert, reference))),
    retention: emptyless(
      document.retention.map(({ kind, team, class: ofClass, days }) =>
        given({ kind, team: team ?? undefined, class: ofClass ?? undefined, days: days ?? 'forever' }),
      ),
    ),
  });
  const needs =
    variables.length === 0
      ? ''
      : `\nIt needs these environment variables, which hold secrets:\n${variables.map((name) => `  ${name}`).join('\n')}`;
  const comment = `${HEAD}${needs}`.replaceAll(/^/gm, '# ').replaceAll(/ +$/gm, '');
  // Texts are kept on their lines: what is folded is hard to compare.
  return { yaml: `${comment}\n${stringify(file, { lineWidth: 0, aliasDuplicateObjects: false })}`, variables };
}

type Reference = (...parts: readonly string[]) => string;

function briefProvider(provider: Provider, reference: Reference): FileEntry {
  const entry = providerEntry(provider, {
    secret: (option, _clear, key) => reference(provider.name, ...(key === null ? [] : [key]), option),
    header: (name, clear) => (SECRET_HEADER.test(name) ? reference(provider.name, name) : clear),
  });
  return brief(entry, (candidate) => {
    const parsed = providerSchema.safeParse(candidate);
    return parsed.success ? toProvider(parsed.data, undefined) : null;
  });
}

function briefModel(model: ConfigModel, kinds: Kinds): FileEntry {
  const entry = brief(modelEntry(model, kinds), (candidate) => {
    const parsed = modelSchema.safeParse(candidate);
    return parsed.success ? toModel(parsed.data, kinds) : null;
  });
  const routes = (entry['routes'] as readonly Readonly<Record<string, unknown>>[]).map(({ priority, weight, ...route }) => ({
    ...route,
    ...(priority === 0 ? {} : { priority }),
    ...(weight === 1 ? {} : { weight }),
  }));
  return { ...entry, routes };
}

/** The entry without what it means by itself. @param meaning - null: it means nothing that way */
function brief(entry: FileEntry, meaning: (entry: object) => object | null): FileEntry {
  const whole = meaning(entry);
  return Object.keys(entry).reduce<FileEntry>((left, option) => {
    const { [option]: _without, ...rest } = left;
    return isDeepStrictEqual(meaning(rest), whole) ? (rest as FileEntry) : left;
  }, entry);
}

function teamEntry(team: ConfigTeam) {
  const classBudgets = Object.fromEntries(
    Object.entries(team.classBudgets).flatMap(([name, budget]) => {
      const entry = budgetEntry(budget);
      return entry === undefined ? [] : [[name, entry]];
    }),
  );
  return given({
    name: team.name,
    budget_usd: budgetEntry(team.budget),
    class_budgets_usd: fieldless(classBudgets),
    time_zone: team.timeZone === 'UTC' ? undefined : team.timeZone,
    projects: emptyless(team.projects.map(({ name, budget }) => given({ name, budget_usd: budgetEntry(budget) }))),
    retention_days: team.retentionDays ?? undefined,
    log_bodies: bodyPolicyObject(team.logBodies) ?? undefined,
    model_tiers: fieldless(team.modelTiers),
    credentials: emptyless(team.credentials.map(credentialEntry)),
  });
}

function credentialEntry({ bounds, limits, defaults, ...credential }: ConfigCredential) {
  const { rate } = bounds;
  return given({
    name: credential.name,
    class: credential.class,
    limits: fieldless(Object.fromEntries(Object.entries(limits).map(([period, limit]) => [`${period}_usd`, formatUsd(limit)]))),
    models: credential.models.includes('*') ? undefined : credential.models,
    images_default: defaults.images === 'b64_json' ? undefined : defaults.images,
    models_default: defaults.models ?? undefined,
    project: credential.project ?? undefined,
    owner: credential.owner ?? undefined,
    purpose: credential.purpose ?? undefined,
    expires_at: bounds.expiresAt?.toISOString(),
    ip_allow: bounds.ipAllow ?? undefined,
    endpoints: bounds.endpoints ?? undefined,
    model_tiers: bounds.modelTiers ?? undefined,
    max_cost_per_request_usd: bounds.maxCostPerRequestMicroUsd === null ? undefined : formatUsd(bounds.maxCostPerRequestMicroUsd),
    rate: fieldless(
      given({
        requests_per_minute: rate.requestsPerMinute ?? undefined,
        tokens_per_minute: rate.tokensPerMinute ?? undefined,
        concurrent: rate.concurrent ?? undefined,
      }),
    ),
  });
}

function budgetEntry({ limits, warnPercent }: ConfigBudget) {
  const { total, ...periods } = Object.fromEntries(Object.entries(limits).map(([period, limit]) => [period, formatUsd(limit)]));
  if (total !== undefined && Object.keys(periods).length === 0 && warnPercent.length === 0) return total;
  return fieldless({ ...given({ total }), ...periods, ...(warnPercent.length === 0 ? {} : { warn_percent: warnPercent }) });
}

/** The address of a chat is its key; a webhook's secret stays where it is. */
function alertEntry({ channels = [], ...alert }: AlertEntry, reference: Reference) {
  const shown = channels.map(({ url, secret: _secret, ...channel }, index) => {
    if (url === undefined) return channel;
    return { ...channel, url: channel.type === 'slack' ? reference('alert', alert.name, String(index + 1), 'url') : url };
  });
  return { ...alert, ...given({ channels: emptyless(shown), actions: emptyless(alert.actions ?? []) }) };
}

function wrapped(name: string, value: unknown): object | undefined {
  return value === undefined ? undefined : { [name]: value };
}

function emptyless<Item>(list: readonly Item[]): readonly Item[] | undefined {
  return list.length === 0 ? undefined : list;
}

function fieldless<Fields extends object>(fields: Fields): Fields | undefined {
  return Object.keys(fields).length === 0 ? undefined : fields;
}
