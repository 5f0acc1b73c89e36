import { createHash } from 'node:crypto';
import { formatUsd } from '../domain/money/money';
import { keptForm } from '../domain/migration/legacy-key';
import type { LegacySource } from '../domain/migration/source';
import { requireSame } from './apply/apply';
import type { KeyState, MoveState, TargetInstallation } from './apply/installation';
import { microUsd } from './money';
import type { PlanCredential } from './plan/plan';
import type { Plan } from './plan/read';

/** Something that is not as the plan has it. */
export interface Difference {
  readonly what: string;
  readonly expected: string;
  readonly found: string;
}

export interface VerifyReport {
  readonly ok: boolean;
  readonly batch_id: string | null;
  readonly checks: readonly { readonly name: string; readonly ok: boolean; readonly detail: string }[];
  readonly differences: readonly Difference[];
  /** Models that were not called, as every provider of theirs is disabled. */
  readonly untested: readonly string[];
}

const SAMPLED_KEYS = 10;

/** Compares an installation with the plan that was applied to it: counts, balances, a sample of keys, and every mapped model by a call. */
export async function verifyPlan(plan: Plan, source: LegacySource, target: TargetInstallation): Promise<VerifyReport> {
  requireSame(plan, source);
  const move = await target.begin({ source: source.fingerprint, product: source.product, location: source.location, dry_run: true });
  const found: Difference[] = [];
  const checks: { name: string; ok: boolean; detail: string }[] = [];
  const check = async (name: string, work: (differ: (difference: Difference) => void) => Promise<string>): Promise<void> => {
    const before = found.length;
    const detail = await work((difference) => found.push(difference));
    checks.push({ name, ok: found.length === before, detail });
  };
  const untested: string[] = [];
  await check('counts', (differ) => compareCounts(plan, move, target, differ));
  await check('balances', (differ) => compareBalances(plan, move, differ));
  await check('keys', (differ) => compareKeys(plan, source, target, move, differ));
  await check('models', (differ) => callModels(plan, target, untested, differ));
  return { ok: found.length === 0, batch_id: move.id, checks, differences: found, untested };
}

type Differ = (difference: Difference) => void;

async function compareCounts(plan: Plan, { counts }: MoveState, target: TargetInstallation, differ: Differ): Promise<string> {
  const wanted = { teams: 0, users: 0, keys: 0, providers: 0 };
  for await (const { include } of plan.entries('teams')) wanted.teams += include === false ? 0 : 1;
  for await (const { include } of plan.entries('members')) wanted.users += include === false ? 0 : 1;
  for await (const { include } of plan.entries('credentials')) wanted.keys += include === false ? 0 : 1;
  const names = await target.names('providers');
  for await (const { include, name, keys } of plan.entries('providers')) {
    if (include === false || !keys.some(({ enabled }) => enabled)) continue;
    wanted.providers += 1;
    if (!names.has(name)) differ({ what: `provider ${name}`, expected: 'is there', found: 'is missing' });
  }
  for (const [name, expected] of Object.entries(wanted) as [keyof typeof wanted, number][]) {
    if (counts[name] !== expected) differ({ what: name, expected: String(expected), found: String(counts[name]) });
  }
  const { tasks, midjourneys, include } = plan.head.history;
  const history = include ? tasks + midjourneys : 0;
  if (counts.tasks > history) differ({ what: 'tasks', expected: String(history), found: String(counts.tasks) });
  return `${String(counts.teams)} teams, ${String(counts.users)} users, ${String(counts.keys)} keys, ${String(counts.providers)} providers`;
}

async function compareBalances(plan: Plan, move: MoveState, differ: Differ): Promise<string> {
  let planned = 0n;
  for await (const { include, balance_usd: usd } of plan.entries('members')) if (include !== false) planned += microUsd(usd);
  const [came, booked] = [microUsd(move.balance_usd), microUsd(move.ledger_usd)];
  if (came !== planned) differ({ what: 'balances', expected: formatUsd(planned), found: move.balance_usd });
  if (booked !== came) differ({ what: 'opening entries of the ledger', expected: move.balance_usd, found: move.ledger_usd });
  return `${move.balance_usd} USD, all of it in opening entries of the ledger`;
}

async function compareKeys(plan: Plan, source: LegacySource, target: TargetInstallation, move: MoveState, differ: Differ): Promise<string> {
  const sample = await sampleOf(plan);
  if (sample.length === 0) return 'no keys';
  const tokens = new Map((await source.tokensOf(sample.map(({ legacy_id: id }) => id))).map((token) => [token.id, token]));
  const states =
    move.id === null
      ? []
      : await target.keys(
          move.id,
          sample.map(({ legacy_id: id }) => String(id)),
        );
  const owners = await disabledOwners(plan);
  for (const credential of sample) {
    const state = states.find(({ legacy_id: id }) => id === String(credential.legacy_id));
    const token = tokens.get(credential.legacy_id);
    const what = `key ${credential.team}/${credential.name}`;
    if (state === undefined || token === undefined) {
      differ({ what, expected: 'is there', found: state === undefined ? 'is missing' : 'is gone from the source' });
      continue;
    }
    const isRefused = !credential.enabled || owners.has(credential.owner);
    for (const [fact, expected, is] of factsOf(
      credential,
      state,
      createHash('sha256').update(keptForm(token.key)).digest('hex'),
      isRefused,
    )) {
      if (expected !== is) differ({ what: `${what}: ${fact}`, expected, found: is });
    }
    const answers = await target.signIn(token.key);
    const opens = !isRefused && !isOver(credential.expires_at);
    // From where this runs an address list may refuse it: then it is known all the same.
    const isRight = answers.every((status) =>
      opens ? status === 200 || (status === 403 && credential.ip_allow !== null) : status === 401,
    );
    if (!isRight) differ({ what: `${what}: asked with it`, expected: opens ? '200' : '401', found: answers.join(', ') });
  }
  return `${String(sample.length)} sampled, each asked with in every spelling`;
}

function factsOf(
  credential: PlanCredential,
  state: KeyState,
  hash: string,
  isRefused: boolean,
): readonly (readonly [string, string, string])[] {
  const time = (text: string | null): string => (text === null ? 'never' : new Date(text).toISOString());
  return [
    ['key', hash, state.key_hash],
    ['limit', credential.limit_usd ?? 'none', state.limit_usd ?? 'none'],
    ['expiry', time(credential.expires_at), time(state.expires_at)],
    ['models', (credential.models ?? ['*']).join(', '), state.models.join(', ')],
    ['refused', String(isRefused), String(state.revoked)],
  ];
}

function isOver(expiresAt: string | null): boolean {
  return expiresAt !== null && new Date(expiresAt).getTime() <= Date.now();
}

/** Spread over all keys, and the same ones every time. */
async function sampleOf(plan: Plan): Promise<readonly PlanCredential[]> {
  let ranked: { readonly credential: PlanCredential; readonly rank: string }[] = [];
  for await (const credential of plan.entries('credentials')) {
    if (credential.include === false) continue;
    ranked.push({ credential, rank: createHash('sha256').update(String(credential.legacy_id)).digest('hex') });
    if (ranked.length > SAMPLED_KEYS * 10) ranked = first(ranked);
  }
  return first(ranked).map(({ credential }) => credential);
}

function first<Ranked extends { readonly rank: string }>(ranked: readonly Ranked[]): Ranked[] {
  return [...ranked].sort((one, other) => (one.rank < other.rank ? -1 : 1)).slice(0, SAMPLED_KEYS);
}

async function disabledOwners(plan: Plan): Promise<ReadonlySet<string>> {
  const names = new Set<string>();
  for await (const { name, enabled } of plan.entries('members')) if (!enabled) names.add(name);
  return names;
}

/** Every model of the plan by a real call to one of its providers that is enabled. */
async function callModels(plan: Plan, target: TargetInstallation, untested: string[], differ: Differ): Promise<string> {
  const [models, enabled] = [await target.names('models'), await target.enabledProviders()];
  let tested = 0;
  for await (const { include, name, price, routes } of plan.entries('models')) {
    if (include === false || price === null || routes.length === 0) continue;
    if (!models.has(name)) {
      differ({ what: `model ${name}`, expected: 'is there', found: 'is missing' });
      continue;
    }
    const open = routes.filter(({ provider }) => enabled.has(provider));
    if (open.length === 0) untested.push(name);
    for (const { provider } of open) {
      const { ok, message } = await target.test(provider, name);
      tested += 1;
      if (!ok) differ({ what: `model ${name} at ${provider}`, expected: 'answers', found: message });
    }
  }
  return `${String(tested)} called, ${String(untested.length)} not, as their providers are disabled`;
}
