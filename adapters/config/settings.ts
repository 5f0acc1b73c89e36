import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { z } from 'zod';
import type { OidcClient, OidcRule } from '../../domain/access/oidc';
import { TEAM_ROLES } from '../../domain/access/principal';
import { AppError } from '../../domain/errors';
import { heldLimits, MIB, type HeldLimits } from './held';
import { describeIssues } from './issues';
import { isHttpUrl, isOriginList, isPostgresUrl, isProxy, isSmtpUrl, listOf, originsOf } from './addresses';
export { SETTINGS_VARIABLES, VARIABLE_DESCRIPTIONS } from './variables';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** Holds a secret. */
export interface OidcSettings extends OidcClient {
  readonly rules: readonly OidcRule[];
}

export interface S3Settings {
  readonly endpoint: string;
  /** null: links go through the api. */
  readonly publicEndpoint: string | null;
  readonly bucket: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** What a process is told by its environment. Holds secrets: never logged. */
export interface Settings {
  readonly port: number;
  readonly host: string;
  /** Absolute path. */
  readonly home: string;
  readonly configFile: string | null;
  readonly databaseUrl: string;
  readonly s3: S3Settings;
  readonly masterKey: string;
  /** Another key that secrets may be encrypted with while the master key is rotated; null: none. */
  readonly previousMasterKey: string | null;
  readonly allowLoopback: boolean;
  readonly queuePrefix: string;
  readonly optimistic: boolean;
  /** The worker makes first attempts at images and videos of campaigns itself. */
  readonly optimisticItems: boolean;
  readonly publicUrl: string | null;
  /** Origins of browser pages that may call the API with a key, in lower case. */
  readonly corsOrigins: '*' | readonly string[];
  /** Whose X-Forwarded-For is believed: addresses, CIDRs, or loopback, linklocal, uniquelocal. */
  readonly trustedProxies: readonly string[];
  readonly logLevel: LogLevel;
  readonly forbiddenPortsFile: string | null;
  /** Where the process tells its metrics to operators, on `host`; null: nowhere. */
  readonly metricsPort: number | null;
  readonly poolMax: number;
  /** After SIGTERM: how long the api goes on taking requests, and then how long work under way may take. */
  readonly drain: { readonly graceMs: number; readonly workMs: number };
  /** What requests may make an api process hold at once. */
  readonly held: HeldLimits;
  /** Bounds of uploaded files: of one, and of those that a team keeps together. */
  readonly files: { readonly maxFileBytes: number; readonly maxTeamBytes: number };
  /** Sign-in by OIDC; null: passwords only. */
  readonly oidc: OidcSettings | null;
  /** When sessions of people end: without a request for so long, and at all. */
  readonly sessions: { readonly idleMs: number; readonly absoluteMs: number };
  /** How often alerts are looked at. */
  readonly alertsEveryS: number;
  /** How often providers are asked what is left of our accounts. */
  readonly balanceEveryS: number;
  /** Where backups that are asked for by the API go: an absolute folder, or `s3://bucket/prefix`, without a slash at its end; null: nowhere. */
  readonly backupTo: string | null;
  /** The mail server, a secret in its URL, and who the mails are from; null: no e-mail. */
  readonly smtp: { readonly url: string; readonly from: string } | null;
  /** Address of Temporal's web page, for operators; null: it is not known. */
  readonly temporalUiUrl: string | null;
  /** The status page names providers. */
  readonly statusIsPublic: boolean;
  /** Calls stay in the log for so long. */
  readonly logDays: number;
  /** 1; smaller shortens the schedule of callback tries. */
  readonly callbackScale: number;
  /** SHA-256 of the admin key, hex; null: no admin key. */
  readonly adminKeyHash: string | null;
  /** The person whom the migration makes an admin unless they exist; null: nobody. */
  readonly firstAdmin: { readonly email: string; readonly password: string } | null;
}

const given = z.string('is required').min(1, { error: 'is required', abort: true });
const optional = z.string().optional();
const flag = z.stringbool('must be true or false').optional();
const integer = (least: number, most: number) => {
  const reason = `must be a whole number from ${String(least)} to ${String(most)}`;
  return z
    .string()
    .regex(/^\d{1,6}$/, reason)
    .transform(Number)
    .pipe(z.number().min(least, reason).max(most, reason))
    .optional();
};
const httpUrl = (schema: z.ZodString) => schema.refine(isHttpUrl, 'must be an http:// or https:// URL without a user or password');

/** Long enough to resist guessing, and not a placeholder out of a manual. */
const longSecret = (schema: z.ZodString) =>
  schema
    .min(32, { error: 'must have at least 32 characters, e.g. the output of: openssl rand -hex 32', abort: true })
    .refine((text) => new Set(text).size >= 8 && !/change.?me|example|placeholder/i.test(text), 'must be random, not a placeholder');

const ORIGINS = 'must be "*", "none" or origins with commas between them, such as https://app.example,http://localhost:3000';
const PROXIES =
  'must be addresses or CIDRs with commas between them, such as 10.0.0.0/8,2001:db8::1; also loopback, linklocal, uniquelocal';
const RULES = 'must be a list such as designers=studio:creator,@studio.example=studio:viewer; roles are manager, creator and viewer';
const SCALE = 'must be a number above 0, at most 1';

const environment = z.object({
  PORT: integer(0, 65_535),
  HOST: optional,
  ATELIER_HOME: optional,
  ATELIER_CONFIG: optional,
  ATELIER_MASTER_KEY: longSecret(given),
  ATELIER_MASTER_KEY_PREVIOUS: longSecret(z.string()).optional(),
  ATELIER_ADMIN_KEY: longSecret(z.string()).optional(),
  ATELIER_ADMIN_EMAIL: z
    .string()
    .regex(/^\S+@\S+$/, 'must be an e-mail address')
    .max(320)
    .optional(),
  ATELIER_ADMIN_PASSWORD: z.string().min(12, 'must have at least 12 characters').max(256).optional(),
  ATELIER_ALLOW_LOOPBACK: flag,
  ATELIER_QUEUE_PREFIX: z
    .string()
    .regex(/^[\w.-]{0,60}$/, 'may hold letters, digits, ".", "_" and "-", at most 60')
    .optional(),
  ATELIER_OPTIMISTIC: flag,
  ATELIER_OPTIMISTIC_ITEMS: flag,
  ATELIER_PUBLIC_URL: httpUrl(z.string()).optional(),
  ATELIER_CORS_ORIGINS: z.string().refine(isOriginList, ORIGINS).optional(),
  ATELIER_TRUSTED_PROXIES: z
    .string()
    .transform(listOf)
    .refine((names) => names.every(isProxy), PROXIES)
    .optional(),
  ATELIER_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent'], 'must be debug, info, warn, error or silent').optional(),
  ATELIER_PORTS_FILE: optional,
  ATELIER_METRICS_PORT: integer(1, 65_535),
  ATELIER_POOL_MAX: integer(1, 1000),
  ATELIER_DRAIN_GRACE_MS: integer(0, 600_000),
  ATELIER_DRAIN_MS: integer(0, 900_000),
  ATELIER_HELD_MIB: integer(1, 100_000),
  ATELIER_HELD_TEAM_MIB: integer(1, 100_000),
  ATELIER_FILE_MIB: integer(1, 100_000),
  ATELIER_FILES_TEAM_MIB: integer(1, 999_999),
  ATELIER_OIDC_ISSUER: httpUrl(z.string()).optional(),
  ATELIER_OIDC_CLIENT_ID: optional,
  ATELIER_OIDC_CLIENT_SECRET: optional,
  ATELIER_OIDC_SCOPES: optional,
  ATELIER_OIDC_GROUPS_CLAIM: optional,
  ATELIER_OIDC_TEAMS: z
    .string()
    .refine((text) => rulesOf(text) !== null, RULES)
    .optional(),
  ATELIER_OIDC_TRUST_EMAIL: flag,
  ATELIER_SESSION_IDLE_MINUTES: integer(1, 525_600),
  ATELIER_SESSION_HOURS: integer(1, 8_760),
  ATELIER_LOG_DAYS: integer(1, 36_500),
  ATELIER_ALERTS_EVERY_S: integer(1, 3_600),
  ATELIER_BALANCE_EVERY_S: integer(1, 86_400),
  ATELIER_BACKUP_TO: z
    .string()
    .regex(/^(?:\/(?!\/)|s3:\/\/[^/\s]+)[^\0]*$/, 'must be an absolute folder such as /mnt/backups, or s3://BUCKET/PREFIX')
    .max(1_000)
    .optional(),
  ATELIER_SMTP_URL: z.string().refine(isSmtpUrl, 'must be a URL such as smtp://user:password@host:587 or smtps://host').optional(),
  ATELIER_SMTP_FROM: z
    .string()
    .regex(/^[^\r\n]*[^\s@]+@[^\s@>]+>?$/, 'must be an address such as atelier@studio.example or "Atelier <atelier@studio.example>"')
    .max(320)
    .optional(),
  ATELIER_TEMPORAL_UI_URL: httpUrl(z.string()).optional(),
  ATELIER_STATUS_PUBLIC: flag,
  ATELIER_CALLBACK_SCALE: z
    .string()
    .regex(/^\d{0,6}(\.\d{1,9})?$/, SCALE)
    .transform(Number)
    .pipe(z.number().gt(0, SCALE).max(1, SCALE))
    .optional(),
  DATABASE_URL: given.refine(isPostgresUrl, 'must be a URL such as postgres://user:password@host:5432/database'),
  S3_ENDPOINT: httpUrl(given),
  S3_PUBLIC_ENDPOINT: httpUrl(z.string()).optional(),
  S3_BUCKET: given,
  S3_REGION: optional,
  S3_ACCESS_KEY_ID: given,
  S3_SECRET_ACCESS_KEY: given,
});

/**
 * Reads the settings of a process. An empty variable counts as not given, as compose files pass unset ones.
 * @throws AppError `invalid_value` that names every variable at fault and what is allowed, never a value
 */
export function loadSettings(env: NodeJS.ProcessEnv): Settings {
  const present = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = environment.safeParse(present);
  if (!parsed.success) {
    const faults = describeIssues(parsed.error.issues);
    const list = faults.map(({ path, message }) => `  ${path}: ${message}`).join('\n');
    throw new AppError('invalid_value', `The environment is invalid:\n${list}`, { details: faults });
  }
  return toSettings(parsed.data);
}

function toSettings(variables: z.infer<typeof environment>): Settings {
  return Object.freeze({
    port: variables.PORT ?? 4000,
    host: variables.HOST ?? '127.0.0.1',
    home: resolve(variables.ATELIER_HOME ?? '.atelier'),
    configFile: variables.ATELIER_CONFIG ?? null,
    databaseUrl: variables.DATABASE_URL,
    s3: Object.freeze({
      endpoint: variables.S3_ENDPOINT,
      publicEndpoint: variables.S3_PUBLIC_ENDPOINT ?? null,
      bucket: variables.S3_BUCKET,
      region: variables.S3_REGION ?? 'us-east-1',
      accessKeyId: variables.S3_ACCESS_KEY_ID,
      secretAccessKey: variables.S3_SECRET_ACCESS_KEY,
    }),
    masterKey: variables.ATELIER_MASTER_KEY,
    previousMasterKey: variables.ATELIER_MASTER_KEY_PREVIOUS ?? null,
    allowLoopback: variables.ATELIER_ALLOW_LOOPBACK ?? false,
    queuePrefix: variables.ATELIER_QUEUE_PREFIX ?? '',
    optimistic: variables.ATELIER_OPTIMISTIC ?? true,
    optimisticItems: variables.ATELIER_OPTIMISTIC_ITEMS ?? true,
    publicUrl: variables.ATELIER_PUBLIC_URL?.replace(/\/+$/, '') ?? null,
    corsOrigins: originsOf(variables.ATELIER_CORS_ORIGINS ?? '*'),
    trustedProxies: Object.freeze(variables.ATELIER_TRUSTED_PROXIES ?? []),
    logLevel: variables.ATELIER_LOG_LEVEL ?? 'info',
    metricsPort: variables.ATELIER_METRICS_PORT ?? null,
    forbiddenPortsFile: variables.ATELIER_PORTS_FILE ?? null,
    poolMax: variables.ATELIER_POOL_MAX ?? 10,
    drain: Object.freeze({ graceMs: variables.ATELIER_DRAIN_GRACE_MS ?? 0, workMs: variables.ATELIER_DRAIN_MS ?? 20_000 }),
    held: heldLimits(variables.ATELIER_HELD_MIB, variables.ATELIER_HELD_TEAM_MIB),
    files: {
      maxFileBytes: (variables.ATELIER_FILE_MIB ?? 512) * MIB,
      maxTeamBytes: (variables.ATELIER_FILES_TEAM_MIB ?? 102_400) * MIB,
    },
    oidc: oidcSettings(variables),
    sessions: Object.freeze({
      idleMs: (variables.ATELIER_SESSION_IDLE_MINUTES ?? 1_440) * 60_000,
      absoluteMs: (variables.ATELIER_SESSION_HOURS ?? 336) * 3_600_000,
    }),
    logDays: variables.ATELIER_LOG_DAYS ?? 90,
    alertsEveryS: variables.ATELIER_ALERTS_EVERY_S ?? 10,
    balanceEveryS: variables.ATELIER_BALANCE_EVERY_S ?? 300,
    backupTo: variables.ATELIER_BACKUP_TO?.replace(/\/+$/, '') ?? null,
    smtp: smtpSettings(variables),
    temporalUiUrl: variables.ATELIER_TEMPORAL_UI_URL?.replace(/\/+$/, '') ?? null,
    statusIsPublic: variables.ATELIER_STATUS_PUBLIC ?? false,
    callbackScale: variables.ATELIER_CALLBACK_SCALE ?? 1,
    firstAdmin: firstAdmin(variables.ATELIER_ADMIN_EMAIL, variables.ATELIER_ADMIN_PASSWORD),
    adminKeyHash: variables.ATELIER_ADMIN_KEY === undefined ? null : createHash('sha256').update(variables.ATELIER_ADMIN_KEY).digest('hex'),
  });
}

function firstAdmin(email: string | undefined, password: string | undefined): Settings['firstAdmin'] {
  return email === undefined || password === undefined ? null : Object.freeze({ email, password });
}

function smtpSettings({ ATELIER_SMTP_URL: url, ATELIER_SMTP_FROM: from }: z.infer<typeof environment>): Settings['smtp'] {
  return url === undefined ? null : Object.freeze({ url, from: from ?? `atelier@${new URL(url).hostname}` });
}

function oidcSettings(variables: z.infer<typeof environment>): OidcSettings | null {
  const { ATELIER_OIDC_ISSUER: issuer, ATELIER_OIDC_CLIENT_ID: clientId, ATELIER_OIDC_CLIENT_SECRET: clientSecret } = variables;
  if (issuer === undefined) return null;
  if (clientId === undefined || clientSecret === undefined) {
    throw new AppError('invalid_value', 'ATELIER_OIDC_ISSUER needs ATELIER_OIDC_CLIENT_ID and ATELIER_OIDC_CLIENT_SECRET.');
  }
  return Object.freeze({
    issuer,
    clientId,
    clientSecret,
    scopes: variables.ATELIER_OIDC_SCOPES ?? 'openid email profile',
    groupsClaim: variables.ATELIER_OIDC_GROUPS_CLAIM ?? 'groups',
    trustsEmail: variables.ATELIER_OIDC_TRUST_EMAIL ?? false,
    rules: rulesOf(variables.ATELIER_OIDC_TEAMS ?? '') ?? [],
  });
}

/** "designers=studio:creator,@studio.example=studio:viewer"; null: not a list of rules. */
function rulesOf(text: string): readonly OidcRule[] | null {
  const parts = text.split(',').filter((part) => part.trim() !== '');
  const rules = parts.flatMap((part): OidcRule[] => {
    const [, who = '', team = '', given] = /^\s*(.+)=([^=]+):(\w+)\s*$/.exec(part) ?? [];
    const role = TEAM_ROLES.find((one) => one === given);
    return role === undefined ? [] : [{ who, team, role }];
  });
  return rules.length === parts.length ? rules : null;
}
