import OpenAI from 'openai';
import { useFolder } from '../cli/support/run-cli';
import { eventually } from '../support/eventually';
import type { TestAtelier } from '../support/stack';
import { expectedOf } from './support/golden';
import { startMove, type TestMove } from './support/move';
import { QUOTA_PER_CALL, type OldGateway } from './support/old-gateway';

/** The rehearsal of a move: all traffic through Atelier to the old gateway, then a share of it, then none, and back in one step. */

const FILE = 'newapi-a.sqlite.gz';
const folder = useFolder();
const expected = expectedOf(FILE);
// Whom both sides serve, from anywhere.
const KEYS = expected.tokens.filter(({ chat, ip_allow: ips }) => chat === 200 && (ips === null || ips === undefined));

let atelier: TestAtelier;
let old: OldGateway;
let plan: string;
let { migrate, move, admin, query } = {} as TestMove;

/** Asks with an old key by the SDK. @returns the provider that served */
async function ask(key: string, stream = false): Promise<string | null> {
  const client = new OpenAI({ apiKey: `sk-${key}`, baseURL: atelier.baseUrl, maxRetries: 0 });
  const body = { model: 'gpt-4o-mini', max_tokens: 50, messages: [{ role: 'user' as const, content: 'hello' }] };
  if (stream) {
    const { data, response } = await client.chat.completions.create({ ...body, stream: true }).withResponse();
    let text = '';
    for await (const chunk of data) text += chunk.choices[0]?.delta.content ?? '';
    expect(text).not.toBe('');
    return response.headers.get('x-atelier-provider');
  }
  const { data, response } = await client.chat.completions.create(body).withResponse();
  expect(data.choices[0]?.message.content).not.toBe('');
  return response.headers.get('x-atelier-provider');
}

const sidesOf = async (stream = false): Promise<ReadonlyMap<number, string | null>> => {
  const sides = new Map<number, string | null>();
  for (const { legacy_id: id, key } of KEYS) sides.set(id, await ask(key, stream));
  return sides;
};
const countOld = (sides: ReadonlyMap<number, string | null>): number => [...sides.values()].filter((side) => side === 'old-gateway').length;

let stop: () => Promise<void>;
beforeAll(async () => {
  ({ atelier, old, plan, migrate, move, admin, query, stop } = await startMove(FILE, folder.path));
}, 600_000);
afterAll(() => stop(), 120_000);

test('before anything came in, the traffic, the delta and the way back say what comes first', async () => {
  for (const args of [
    ['traffic', plan, '--percent', '10'],
    ['delta', plan],
    ['rollback', plan],
  ]) {
    const { code, stderr } = await migrate(...args);
    expect([code, stderr]).toEqual([1, expect.stringContaining('atelier migrate apply comes first')]);
  }
  const applied = await migrate('apply', plan, '--json');
  expect(applied.json().ok).toBe(true);
}, 240_000);

test('at 0 % every old key goes on to the old gateway, under itself, and costs nothing here', async () => {
  const report = await move('traffic', plan, '--percent', '0');
  expect(report).toMatchObject({ state: 'on', provider: 'old-gateway', percent: 0, base_url: `${old.url}/v1` });
  expect(report.old_keys).toMatchObject({ here: 0, old: report.handed_over });

  const [whole, streamed] = [await sidesOf(), await sidesOf(true)];

  expect([countOld(whole), countOld(streamed)]).toEqual([KEYS.length, KEYS.length]);
  expect([...old.served.entries()].sort()).toEqual(KEYS.map(({ legacy_id: id }) => [id, 2]).sort());
  const usage = await eventually(
    async () => {
      const { data } = await admin('/usage?group_by=provider&interval=none');
      const row = data.find(({ provider }: any) => provider === 'old-gateway');
      return row?.succeeded === 2 * KEYS.length ? row : null;
    },
    { withinMs: 60_000 },
  );
  expect(usage.cost_usd).toBe('0');
  expect(Number(usage.provider_cost_usd)).toBeGreaterThan(0);
}, 240_000);

test('a delta books what was spent and added there, to the unit, and a repeat books nothing', async () => {
  old.topUp(2, 250_000);
  const tried = await move('delta', plan, '--dry-run');
  const taken = await move('delta', plan);
  const again = await move('delta', plan);

  // What a person spent and got is one sum.
  const spent = (2 * KEYS.length * QUOTA_PER_CALL) / 500_000;
  expect(Number(taken.members.added_usd) - Number(taken.members.spent_usd)).toBeCloseTo(0.5 - spent, 6);
  expect(taken.members).toMatchObject({ changed: tried.members.changed, spent_usd: tried.members.spent_usd });
  expect([again.members.changed, again.keys.changed, again.usage]).toEqual([0, 0, 0]);
  const [{ sum }] = await query(
    `select sum(a.granted - a.spent)::text as sum from accounts a join imported_rows r on r.entity = 'member' and r.object = a.key
     where a.kind = 'member' and a.period = ''`,
  );
  // 500,000 units are a dollar, so a unit is two micro-dollars.
  expect(BigInt(sum)).toBe(old.balances() * 2n);
  expect((await admin('/ledger/verify')).ok).toBe(true);
}, 240_000);

test('at 30 % each key is on one side, always the same one, and all of those that were here stay here at 100 %', async () => {
  const report = await move('traffic', plan, '--percent', '30');
  const [first, second] = [await sidesOf(), await sidesOf(true)];

  expect([...second]).toEqual([...first]);
  expect(report.handed_over).toBe(0);
  const [here, there] = [KEYS.length - countOld(first), countOld(first)];
  expect(here).toBeGreaterThan(0);
  expect(there).toBeGreaterThan(here);
  await move('traffic', plan, '--percent', '100');
  expect(countOld(await sidesOf())).toBe(0);
}, 240_000);

test('a team or a key may have a share of its own', async () => {
  const { key, legacy_id: id } = KEYS.find(({ team }) => team[0] === 'vip');
  await move('traffic', plan, '--percent', '0');
  await move('traffic', plan, '--percent', '100', '--team', 'vip');
  expect(await ask(key)).not.toBe('old-gateway');
  const [{ name }] = await query(
    `select k.name from credentials k join imported_rows r on r.object = k.id::text and r.entity = 'credential' where r.legacy_id = '${String(id)}'`,
  );
  const report = await move('traffic', plan, '--percent', '0', '--old-key', `vip/${String(name)}`);

  expect(await ask(key)).toBe('old-gateway');
  expect(report).toMatchObject({ percent: 0, teams: [{ team: 'vip', percent: 100 }], keys: [{ team: 'vip', name, percent: 0 }] });
  expect((await migrate('traffic', plan, '--percent', '50', '--team', 'nobody')).code).toBe(1);
}, 240_000);

test('by member all keys of a person are on one side', async () => {
  await move('traffic', plan, '--percent', '50', '--by', 'member');
  const sides = await query(
    `select k.owner_id, count(distinct o.owner_position)::int as n from import_keys o join credentials k on k.id = o.credential_id group by 1`,
  );

  expect(sides.length).toBeGreaterThan(5);
  expect(sides.every(({ n }) => n === 1)).toBe(true);
}, 120_000);

test('what the old gateway holds against a key reaches its client, and is not served here instead', async () => {
  await move('traffic', plan, '--percent', '0', '--by', 'key');
  const { key } = KEYS[0];
  old.fault = { status: 403, code: 'insufficient_user_quota' };
  await expect(ask(key)).rejects.toMatchObject({ status: 429, code: 'insufficient_quota' });
  old.fault = { status: 401, code: 'invalid_token' };
  await expect(ask(key)).rejects.toMatchObject({ status: 401, code: 'invalid_api_key' });
  old.fault = null;
}, 120_000);

test('while the old gateway is down its keys are served here', async () => {
  await move('traffic', plan, '--percent', '30');
  await old.stop();
  const sides = await sidesOf();
  await old.start();

  expect(countOld(sides)).toBe(0);
}, 240_000);

test('under load the share goes 0, 30, 100 % and back, no request fails, and all that was spent on both sides is accounted for', async () => {
  await admin('/providers'); // The breaker of the last test is closed by hand.
  await fetch(new URL('/admin/v1/providers/old-gateway/breakers/reset', atelier.baseUrl), {
    method: 'POST',
    headers: { authorization: `Bearer ${atelier.adminKey}` },
  });
  await move('delta', plan);
  const failures: string[] = [];
  const sides: (string | null)[] = [];
  let isOver = false;
  const [before, usageBefore, spentBefore] = [old.balances(), await usageOfSides(), await spentHere()];
  const servedBefore = [...old.served.values()].reduce((sum, n) => sum + n, 0);
  const clients = KEYS.slice(0, 6).map(async ({ key }, index) => {
    for (let n = 0; !isOver; n += 1) {
      try {
        sides.push(await ask(key, (n + index) % 2 === 0));
      } catch (error) {
        failures.push(String(error));
        return;
      }
    }
  });
  /** Under the load, the last answers are all of sides that `isRight` has, or there were failures. */
  const see = (isRight: (last: ReadonlySet<string | null>) => boolean) =>
    eventually(() => failures.length > 0 || (sides.length >= 24 && isRight(new Set(sides.slice(-24)))), { withinMs: 60_000 });
  const isOldOnly = (last: ReadonlySet<string | null>): boolean => last.size === 1 && last.has('old-gateway');
  await move('traffic', plan, '--percent', '0');
  await see(isOldOnly);
  await move('traffic', plan, '--percent', '30');
  await see((last) => last.has('old-gateway') && last.size > 1);
  await move('traffic', plan, '--percent', '100');
  await see((last) => !last.has('old-gateway'));
  const rollback = await move('rollback', plan);
  await see(isOldOnly);
  isOver = true;
  await Promise.all(clients);

  expect(failures).toEqual([]);
  expect(rollback.traffic).toMatchObject({ percent: 0, teams: [], keys: [], old_keys: { here: 0 } });

  // The old side: each answer was charged there, and stands here without a cost.
  const served = [...old.served.values()].reduce((sum, n) => sum + n, 0) - servedBefore;
  expect(sides.filter((side) => side === 'old-gateway')).toHaveLength(served);
  expect(before - old.balances()).toBe(BigInt(served * QUOTA_PER_CALL));
  const delta = await move('delta', plan);
  expect(Number(delta.members.spent_usd)).toBeCloseTo((served * QUOTA_PER_CALL) / 500_000, 6);
  // This side: each answer was charged here, and the way back lists all of it.
  const spent = (await spentHere()) - spentBefore;
  const usage = await usageOfSides();
  expect(usage.old).toEqual({ requests: usageBefore.old.requests + served, costMicroUsd: 0 });
  expect(usage.here).toEqual({
    requests: usageBefore.here.requests + sides.length - served,
    costMicroUsd: usageBefore.here.costMicroUsd + spent,
  });
  expect(spent).toBeGreaterThan(0);
  const { spent_here: listed } = await move('rollback', plan);
  expect(Math.round(Number(listed.total_usd) * 1e6)).toBe(await spentHere());
  expect(listed.data.reduce((total: number, { spent_usd: usd }: any) => total + Math.round(Number(usd) * 1e6), 0)).toBe(await spentHere());
  // Both together: what is left of all balances is what is left there, less what was spent here.
  const [{ sum }] = await query(
    `select sum(a.granted - a.spent)::text as sum from accounts a join imported_rows r on r.entity = 'member' and r.object = a.key
     where a.kind = 'member' and a.period = ''`,
  );
  expect(BigInt(sum)).toBe(old.balances() * 2n - BigInt(await spentHere()));
  expect((await admin('/ledger/verify')).ok).toBe(true);
}, 300_000);

/** What all keys have spent here, in micro-dollars. */
async function spentHere(): Promise<number> {
  const [{ sum }] = await query('select coalesce(sum(actual - refunded), 0)::text as sum from tasks where actual > 0');
  return Number(sum);
}

/** What usage says of both sides, without the past that came along, once it knows of all that was made. */
function usageOfSides() {
  return eventually(
    async () => {
      const [{ made }] = await query(`select count(*)::int as made from tasks where status = 'succeeded'`);
      const { data } = await admin('/usage?group_by=provider&interval=none');
      const sides = { old: { requests: 0, costMicroUsd: 0 }, here: { requests: 0, costMicroUsd: 0 } };
      for (const { provider, succeeded, cost_usd: usd } of data) {
        if (provider === 'imported') continue;
        const side = provider === 'old-gateway' ? sides.old : sides.here;
        side.requests += Number(succeeded);
        side.costMicroUsd += Math.round(Number(usd) * 1e6);
      }
      return sides.old.requests + sides.here.requests === made ? sides : null;
    },
    { withinMs: 60_000 },
  );
}

test('imported history has pages, and the checklist says where the move stands', async () => {
  const [{ id }] = (await admin('/imports')).data;
  const whole = await admin(`/imports/${String(id)}/tasks?limit=100`);
  const first = await admin(`/imports/${String(id)}/tasks?limit=2`);
  const second = await admin(`/imports/${String(id)}/tasks?limit=2&after=${encodeURIComponent(first.last_id)}`);

  expect([...first.data, ...second.data]).toEqual(whole.data.slice(0, 4));
  expect(first.has_more).toBe(true);
  const checks = (await admin(`/imports/${String(id)}/checklist`)).data;
  const written = (await migrate('checklist', plan, '--json')).json().checks;
  expect(checks.map(({ detail }: any) => detail)).toEqual(written.map(({ detail }: any) => detail));
  expect(checks.find(({ name }: any) => name === 'rollback').detail).toContain(`answers at ${old.url}`);
  expect(checks.map(({ name, state }: any) => `${name} ${state}`)).toEqual(
    expect.arrayContaining(['apply done', 'traffic open', 'delta done', 'rollback done']),
  );
}, 120_000);

test('the end deletes the old keys, and all of them are served here', async () => {
  await move('traffic', plan, '--percent', '100');
  const ended = await move('traffic', plan, '--end');

  expect(ended).toMatchObject({ state: 'off', old_keys: { kept: 0 } });
  expect(await query('select 1 from import_keys')).toEqual([]);
  expect(countOld(await sidesOf())).toBe(0);
  expect((await admin('/providers')).data.map(({ name }: any) => name)).not.toContain('old-gateway');
}, 240_000);
