import type {
  LegacyChannel,
  LegacyLog,
  LegacyProduct,
  LegacyRedemption,
  LegacyTask,
  LegacyToken,
  LegacyUser,
} from '../../domain/migration/source';
import { flag, integer, isGone, listOf, objectOf, text, textOrNull, whole, wholeOrNull, type Row } from './values';

/** The columns that are read of each table; those that an installation lacks are null. */
export const COLUMNS = {
  users: ['id', 'username', 'display_name', 'email', 'role', 'status', 'quota', 'aff_quota', 'group', 'deleted_at'],
  tokens: [
    ...['id', 'user_id', 'name', 'key', 'status', 'expired_time', 'remain_quota', 'unlimited_quota', 'models', 'model_limits_enabled'],
    ...['model_limits', 'subnet', 'allow_ips', 'group', 'deleted_at'],
  ],
  channels: [
    ...['id', 'type', 'name', 'key', 'status', 'base_url', 'other', 'models', 'group', 'model_mapping', 'priority', 'weight'],
    ...['channel_info', 'config', 'setting', 'settings', 'param_override', 'header_override'],
  ],
  tasks: [
    ...['id', 'task_id', 'platform', 'user_id', 'quota', 'action', 'status', 'fail_reason', 'created_at', 'submit_time', 'finish_time'],
    ...['properties', 'private_data'],
  ],
  midjourneys: [
    ...[
      'id',
      'user_id',
      'action',
      'mj_id',
      'prompt',
      'submit_time',
      'finish_time',
      'image_url',
      'video_url',
      'status',
      'fail_reason',
      'quota',
    ],
  ],
  redemptions: ['id', 'status', 'quota', 'deleted_at'],
  logs: [
    ...['id', 'user_id', 'created_at', 'type', 'model_name', 'token_name', 'token_id', 'channel_id', 'quota', 'prompt_tokens'],
    ...['completion_tokens', 'other', 'content'],
  ],
} as const;

export function userOf(row: Row): LegacyUser {
  const status = whole(row['status']);
  return {
    id: whole(row['id']),
    username: text(row['username']),
    displayName: text(row['display_name']),
    email: textOrNull(row['email'])?.trim() ?? null,
    role: whole(row['role']),
    status,
    quota: integer(row['quota']),
    unclaimedQuota: integer(row['aff_quota']),
    group: textOrNull(row['group'])?.trim() ?? 'default',
    // One API keeps deleted users with a status of their own.
    isDeleted: isGone(row) || status === 3,
  };
}

export function tokenOf(product: LegacyProduct, row: Row): LegacyToken {
  const expires = whole(row['expired_time']);
  const isLimited = product === 'one-api' || flag(row['model_limits_enabled']);
  const models = isLimited ? listOf(product === 'one-api' ? row['models'] : row['model_limits']) : [];
  const addresses = product === 'one-api' ? listOf(row['subnet']) : listOf(row['allow_ips'], /[\n,]/);
  return {
    id: whole(row['id']),
    userId: whole(row['user_id']),
    name: text(row['name']),
    key: text(row['key']),
    status: whole(row['status']),
    expiresAt: expires > 0 ? expires : null,
    remainQuota: integer(row['remain_quota']),
    isUnlimited: flag(row['unlimited_quota']),
    models: models.length === 0 ? null : models,
    ipAllow: addresses.length === 0 ? null : addresses,
    group: text(row['group']).trim(),
    isDeleted: isGone(row),
  };
}

export function channelOf(row: Row): LegacyChannel {
  return {
    id: whole(row['id']),
    type: whole(row['type']),
    name: text(row['name']),
    key: text(row['key']),
    status: whole(row['status']),
    baseUrl: text(row['base_url']).trim(),
    other: text(row['other']),
    models: listOf(row['models']),
    groups: listOf(row['group']),
    modelMapping: text(row['model_mapping']).trim(),
    priority: wholeOrNull(row['priority']),
    weight: wholeOrNull(row['weight']),
    channelInfo: text(row['channel_info']),
    config: text(row['config']),
    setting: text(row['setting']),
    settings: text(row['settings']),
    paramOverride: text(row['param_override']).trim(),
    headerOverride: text(row['header_override']).trim(),
  };
}

export function redemptionOf(row: Row): LegacyRedemption {
  return { id: whole(row['id']), status: whole(row['status']), quota: integer(row['quota']), isDeleted: isGone(row) };
}

export function logOf(row: Row): LegacyLog {
  return {
    id: whole(row['id']),
    userId: whole(row['user_id']),
    createdAt: whole(row['created_at']),
    type: whole(row['type']),
    model: text(row['model_name']),
    tokenName: text(row['token_name']),
    tokenId: wholeOrNull(row['token_id']),
    channelId: whole(row['channel_id']),
    quota: integer(row['quota']),
    promptTokens: whole(row['prompt_tokens']),
    completionTokens: whole(row['completion_tokens']),
    other: text(row['other']),
    content: text(row['content']),
  };
}

/** Old versions keep a result's address where the reason of a failure stands. */
const isUrl = (value: string | null): value is string => value !== null && /^https?:\/\//.test(value);

export function taskOf(row: Row): LegacyTask {
  const properties = objectOf(text(row['properties']));
  const hidden = objectOf(text(row['private_data']));
  const name = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);
  const reason = textOrNull(row['fail_reason']);
  const url = name(hidden['result_url']) ?? reason;
  return {
    table: 'tasks',
    id: whole(row['id']),
    userId: whole(row['user_id']),
    platform: text(row['platform']),
    action: text(row['action']),
    status: text(row['status']),
    model: name(properties['origin_model_name']) ?? name(properties['upstream_model_name']),
    prompt: name(properties['input']),
    urls: isUrl(url) ? [url] : [],
    failReason: isUrl(reason) ? null : reason,
    quota: integer(row['quota']),
    publicId: textOrNull(row['task_id']),
    createdAtMs: millisecondsOf(row['submit_time']) ?? millisecondsOf(row['created_at']) ?? 0,
    finishedAtMs: millisecondsOf(row['finish_time']),
  };
}

export function midjourneyOf(row: Row): LegacyTask {
  return {
    table: 'midjourneys',
    id: whole(row['id']),
    userId: whole(row['user_id']),
    platform: 'midjourney',
    action: text(row['action']),
    status: text(row['status']),
    model: `mj_${text(row['action']).toLowerCase()}`,
    prompt: textOrNull(row['prompt']),
    urls: [textOrNull(row['image_url']), textOrNull(row['video_url'])].filter(isUrl),
    failReason: textOrNull(row['fail_reason']),
    quota: integer(row['quota']),
    publicId: textOrNull(row['mj_id']),
    createdAtMs: millisecondsOf(row['submit_time']) ?? 0,
    finishedAtMs: millisecondsOf(row['finish_time']),
  };
}

/** Midjourney's times are milliseconds, all others seconds; some rows have it wrong. */
const MILLISECONDS_FROM = 100_000_000_000;

function millisecondsOf(value: Row[string]): number | null {
  const given = whole(value);
  if (given <= 0) return null;
  return given > MILLISECONDS_FROM ? given : given * 1_000;
}
