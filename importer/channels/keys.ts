import type { LegacyChannel } from '../../domain/migration/source';
import { objectIn } from '../json';
import type { ChannelKind } from './kinds';

/** One key of a channel. */
export interface ChannelKey {
  readonly name: string;
  readonly enabled: boolean;
  /** Secret. The options of a provider's key, in the configuration's spelling. */
  readonly secrets: Readonly<Record<string, string>>;
}

/** The keys of a channel: several where the program itself says so, else one, even with line breaks in it. */
export function keysOf(channel: LegacyChannel, { secret }: Pick<ChannelKind, 'secret'>): readonly ChannelKey[] {
  const info = objectIn(channel.channelInfo);
  const statuses = objectIn(info['multi_key_status_list']);
  const isMulti = info['is_multi_key'] === true || info['is_multi_key'] === 1;
  const keys = isMulti ? split(channel.key.trim()) : [channel.key.trim()];
  return keys.map((key, index) => ({
    name: `key-${String(index + 1)}`,
    enabled: !isMulti || (statuses[String(index)] ?? 1) === 1,
    secrets: secretsOf(key, secret),
  }));
}

function split(text: string): readonly string[] {
  if (text.startsWith('[')) {
    try {
      const parsed: unknown = JSON.parse(text);
      if (Array.isArray(parsed)) return parsed.map((item: unknown) => (typeof item === 'string' ? item : JSON.stringify(item)));
    } catch {
      // Not JSON after all: lines.
    }
  }
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** Kling's `AccessKey|SecretKey` is two secrets; a relay gives a single one. */
function secretsOf(key: string, secret: ChannelKind['secret']): Readonly<Record<string, string>> {
  const [access, hidden, ...more] = key.split('|');
  if (secret === 'access_and_secret' && access !== undefined && hidden !== undefined && more.length === 0) {
    return { access_key: access, secret_key: hidden };
  }
  return { api_key: key };
}
