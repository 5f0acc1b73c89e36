import { asList, asObject, asText, type JsonObject } from '../json-value';
import { facts, table } from '../table';

/** Keys as a table. */
export function keyTable(keys: readonly JsonObject[]): string {
  if (keys.length === 0) return 'No keys.';
  return table(
    ['TEAM', 'NAME', 'CLASS', 'STATE', 'KEY', 'LIMIT USD', 'SPENT USD', 'HELD USD', 'LAST USED', 'MODELS'],
    keys.map((key) => [
      ...(['team', 'name', 'class', 'state', 'hint'] as const).map((field) => asText(key[field]) ?? ''),
      asText(key['limit_usd']) ?? 'none',
      asText(key['spent_usd']) ?? '',
      asText(key['held_usd']) ?? '',
      asText(key['last_used_at']) ?? 'never',
      asList(key['models']).join(','),
    ]),
  );
}

/** All of one key. */
export function keyFacts(key: JsonObject): string {
  const [limits, rate] = [asObject(key['limits']) ?? {}, asObject(key['rate']) ?? {}];
  const list = (field: string) => (Array.isArray(key[field]) ? asList(key[field]).join(', ') : null);
  const amount = (value: unknown, per: string) => (asText(value) === null ? null : `${asText(value) ?? ''} USD${per}`);
  const count = (value: unknown, what: string) => (typeof value === 'number' ? `${value} ${what}` : null);
  const joined = (parts: readonly (string | null)[]) => {
    const known = parts.filter((part) => part !== null);
    return known.length === 0 ? null : known.join(', ');
  };
  const former = asList(key['former_keys']).map((one) => asObject(one) ?? {});
  return facts([
    ['key', `${asText(key['id']) ?? ''} (${asText(key['hint']) ?? ''}…)`],
    ['class', asText(key['class'])],
    ['state', asText(key['state'])],
    ['managed by', key['managed_by'] === 'file' ? 'the configuration file' : null],
    ['project', asText(key['project'])],
    ['owner', asText(key['owner'])],
    ['purpose', asText(key['purpose'])],
    [
      'limits',
      joined([amount(limits['total_usd'], ''), amount(limits['monthly_usd'], ' a month'), amount(limits['daily_usd'], ' a day')]) ?? 'none',
    ],
    ['spent', amount(key['spent_usd'], `, ${asText(key['held_usd']) ?? '0'} USD held`)],
    ['one request', amount(key['max_cost_per_request_usd'], ' at most')],
    [
      'rate',
      joined([
        count(rate['requests_per_minute'], 'requests a minute'),
        count(rate['tokens_per_minute'], 'tokens a minute'),
        count(rate['concurrent'], 'at once'),
      ]),
    ],
    ['models', list('models')],
    ['tiers', list('model_tiers')],
    ['endpoints', list('endpoints')],
    ['networks', list('ip_allow')],
    ['expires', asText(key['expires_at'])],
    ['created', asText(key['created_at'])],
    ['rotated', asText(key['rotated_at'])],
    ...former.map((one) => ['also valid', `${asText(one['hint']) ?? ''}… until ${asText(one['valid_until']) ?? ''}`] as const),
    ['last used', asText(key['last_used_at']) ?? 'never'],
    ['revoked', asText(key['revoked_at'])],
  ]);
}
