import { createHash } from 'node:crypto';
import { keptForm } from '../../domain/migration/legacy-key';
import type { LegacyChannel, LegacySource } from '../../domain/migration/source';
import { keysOf } from '../channels/keys';
import { kindOfType } from '../channels/kinds';
import type { PlanCredential, PlanMember, PlanModel, PlanProvider, PlanTeam } from '../plan/plan';
import type { Plan } from '../plan/read';
import type { PlanOwner } from '../plan/survey';

/** Says why an entry of the plan is not sent. */
export type Leave = (entity: string, legacyId: number | string, reason: string, message?: string) => void;

const GROUP = 500;

export async function* teamRows(plan: Plan): AsyncGenerator<object> {
  for await (const { include, legacy_group: group, name, ratio } of plan.entries('teams')) {
    if (include !== false) yield { legacy_id: group, name, price_factor: ratio ?? '1' } satisfies Row<PlanTeam>;
  }
}

type Row<Entry> = Readonly<Record<string, unknown>> & { readonly legacy_id: Entry extends { legacy_id: unknown } ? string : string };

export async function* memberRows(plan: Plan): AsyncGenerator<object> {
  for await (const member of plan.entries('members')) {
    if (member.include === false) continue;
    yield {
      legacy_id: String(member.legacy_id),
      name: member.display_name.trim() === '' ? member.name : member.display_name.slice(0, 200),
      email: member.email,
      team: member.team,
      balance_usd: member.balance_usd,
      ...(member.at_source_usd === undefined ? {} : { at_source_usd: member.at_source_usd }),
      enabled: member.enabled,
      ...(member.at_source_state === undefined ? {} : { at_source_state: member.at_source_state }),
    } satisfies Row<PlanMember>;
  }
}

/** Keys are read from the source and leave this process as hashes only. */
export async function* credentialRows(
  plan: Plan,
  source: LegacySource,
  owners: ReadonlyMap<string, PlanOwner>,
  leave: Leave,
): AsyncGenerator<object> {
  for await (const group of inGroups(plan.entries('credentials'))) {
    const wanted = group.filter(({ include }) => include !== false);
    const tokens = new Map((await source.tokensOf(wanted.map(({ legacy_id: id }) => id))).map((token) => [token.id, token]));
    for (const credential of wanted) {
      const token = tokens.get(credential.legacy_id);
      const owner = owners.get(credential.owner);
      if (token === undefined) leave('token', credential.legacy_id, 'gone', 'It is no longer at the source.');
      else if (owner === undefined) leave('token', credential.legacy_id, 'owner_missing', `The plan has no member ${credential.owner}.`);
      else yield credentialRow(credential, owner, keptForm(token.key));
    }
  }
}

const HINT_CHARACTERS = 12;

function credentialRow(credential: PlanCredential, owner: PlanOwner, key: string): Row<PlanCredential> {
  return {
    legacy_id: String(credential.legacy_id),
    owner_id: String(owner.legacyId),
    team: credential.team,
    name: credential.name,
    class: credential.class,
    key_hash: createHash('sha256').update(key).digest('hex'),
    // No more than a quarter of a key is shown.
    hint: key.slice(0, Math.min(HINT_CHARACTERS, Math.floor(key.length / 4))),
    limit_usd: credential.limit_usd,
    ...(credential.at_source_usd === undefined ? {} : { at_source_usd: credential.at_source_usd }),
    expires_at: credential.expires_at,
    models: credential.models ?? ['*'],
    ip_allow: credential.ip_allow,
    enabled: credential.enabled,
    owner_enabled: owner.enabled,
    ...(credential.at_source_state === undefined ? {} : { at_source_state: credential.at_source_state }),
  };
}

/** Providers with the secrets of their channels. Keys that the source has switched off stay out. */
export async function* providerRows(plan: Plan, source: LegacySource, leave: Leave): AsyncGenerator<object> {
  const wanted = new Map<number, PlanProvider>();
  for await (const provider of plan.entries('providers')) if (provider.include !== false) wanted.set(provider.legacy_id, provider);
  for await (const channels of source.channels()) {
    for (const channel of channels) {
      const provider = wanted.get(channel.id);
      wanted.delete(channel.id);
      if (provider === undefined) continue;
      const keys = enabledKeys(source, channel, provider);
      if (keys.length === 0) leave('channel', channel.id, 'no_key', 'All its keys are switched off.');
      else yield { legacy_id: String(channel.id), definition: definitionOf(provider, keys) };
    }
  }
  for (const id of wanted.keys()) leave('channel', id, 'gone', 'It is no longer at the source.');
}

function enabledKeys(source: LegacySource, channel: LegacyChannel, { keys }: PlanProvider) {
  const type = kindOfType(source.product, channel.type);
  const secret = typeof type === 'string' ? 'api_key' : type.secret;
  const enabled = new Set(keys.filter((key) => key.enabled).map(({ name }) => name));
  return keysOf(channel, { secret }).filter(({ name }) => enabled.has(name));
}

function definitionOf(provider: PlanProvider, keys: ReturnType<typeof keysOf>): object {
  const { name, kind, base_url: baseUrl, enabled } = provider;
  const [only] = keys;
  const secrets = keys.length === 1 ? only?.secrets : { keys: keys.map((key) => ({ name: key.name, ...key.secrets })) };
  return { name, kind, base_url: baseUrl, enabled, ...secrets };
}

/** Models whose price and routes make them usable here; of the others is said why not. */
export async function* modelRows(plan: Plan, providers: ReadonlySet<string>, leave: Leave): AsyncGenerator<object> {
  for await (const model of plan.entries('models')) {
    if (model.include === false) continue;
    const routes = model.routes.filter(({ provider }) => providers.has(provider));
    if (routes.length === 0) leave('model', model.name, 'no_route', 'No provider that came along serves it.');
    else if (model.price === null) leave('model', model.name, 'no_price', 'It has no price. Give it one in the plan.');
    else yield { legacy_id: model.name, definition: { ...modelOf(model), price: priceOf(model), routes } };
  }
}

function modelOf({ name, modality, capabilities }: PlanModel): object {
  return { name, modality, ...(capabilities === undefined ? {} : { capabilities }) };
}

/** A price by what the model makes: tokens of texts, calls of the others where the plan has both. */
function priceOf({ modality, price, capabilities }: PlanModel): unknown {
  if (price === null || typeof price === 'string') return price;
  if (modality !== 'text' && price['per_call_usd'] !== undefined) return { per_call_usd: price['per_call_usd'] };
  const input = price['input_per_1m_usd'];
  // Both programs charge output as input where no completion ratio is known.
  return input === undefined || price['output_per_1m_usd'] !== undefined || capabilities?.['embeddings'] === true
    ? price
    : { ...price, output_per_1m_usd: input };
}

async function* inGroups<Thing>(things: AsyncIterable<Thing>): AsyncGenerator<readonly Thing[]> {
  let group: Thing[] = [];
  for await (const thing of things) {
    group.push(thing);
    if (group.length < GROUP) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}
