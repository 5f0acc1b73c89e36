import { readFileSync, writeFileSync } from 'node:fs';
import { parse, stringify } from 'yaml';
import { useFolder } from '../cli/support/run-cli';
import { expectedOf } from './support/golden';
import { startMove, type TestMove } from './support/move';

/** What is changed at the old gateway while a move lasts: who is let in there, and how far. */

const FILE = 'newapi-a.sqlite.gz';
const folder = useFolder();
const keyOf = new Map<number, string>(expectedOf(FILE).tokens.map(({ legacy_id: id, key }) => [id, key]));
let moving: TestMove;

/** The status of a chat here with an old key. */
async function chat(legacyId: number): Promise<number> {
  const response = await fetch(new URL('chat/completions', moving.atelier.baseUrl.replace(/\/?$/, '/')), {
    method: 'POST',
    headers: { authorization: `Bearer sk-${keyOf.get(legacyId) ?? ''}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'gpt-4o-mini', max_tokens: 50, messages: [{ role: 'user', content: 'hello' }] }),
  });
  await response.body?.cancel();
  return response.status;
}
const chats = async (ids: readonly number[]): Promise<readonly number[]> => {
  const statuses: number[] = [];
  for (const id of ids) statuses.push(await chat(id));
  return statuses;
};

/** Somebody who is here before the move; their user at the source, hana, is disabled, and the plan is told who she is. */
const PERSON = 'hana@studio.example';
const HER_KEY = 16;

beforeAll(async () => {
  moving = await startMove(FILE, folder.path);
  const made = await fetch(new URL('/admin/v1/users', moving.atelier.baseUrl), {
    method: 'POST',
    headers: { authorization: `Bearer ${moving.atelier.adminKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ email: PERSON, organisation_role: 'billing' }),
  });
  expect(made.status).toBe(201);
  const plan = parse(readFileSync(moving.plan, 'utf8'));
  plan.members.find(({ name }: { readonly name: string }) => name === 'hana').email = PERSON;
  writeFileSync(moving.plan, stringify(plan));
  expect((await moving.migrate('apply', moving.plan, '--json')).json().ok).toBe(true);
}, 600_000);
afterAll(() => moving.stop(), 120_000);

const ALL = [24, 18, 17, 25, 15, 23, 4, 14];

test('keys that were disabled, deleted or bounded there since are so here after a delta, which lists them', async () => {
  const { old, move, plan } = moving;
  expect(await chats(ALL)).toEqual(ALL.map(() => 200));
  expect((await move('delta', plan)).states.keys).toEqual({ refused: [], restored: [], bounds: [] });

  old.change(`
    update tokens set status = 2 where id = 24;
    delete from tokens where id = 18;
    update users set status = 2 where username = 'judy';
    update tokens set unlimited_quota = 0, remain_quota = 0 where id = 15;
    update tokens set model_limits_enabled = 1, model_limits = 'gpt-4o' where id = 23;
    update tokens set expired_time = 1700000000 where id = 4;
    update tokens set unlimited_quota = 1 where id = 14;`);
  const tried = await move('delta', plan, '--dry-run');
  expect(await chats([24, 18, 15])).toEqual([200, 200, 200]);
  const taken = await move('delta', plan);
  const again = await move('delta', plan);

  const sorted = ({ refused, restored, bounds }: any) => [refused, restored, bounds].map((ids) => ids.map(Number).sort());
  expect(sorted(taken.states.keys)).toEqual([[17, 18, 24, 25], [], [14, 15, 23, 4]]);
  expect(tried.states).toEqual(taken.states);
  expect(taken.states.users.refused).toHaveLength(1);
  expect(again.states.keys).toEqual({ refused: [], restored: [], bounds: [] });
  expect([again.keys.changed, again.new]).toEqual([0, taken.new]);
  expect(await chats([24, 18, 17, 25])).toEqual([401, 401, 401, 401]);
  expect(await chat(15)).toBe(429);
  expect([403, 404]).toContain(await chat(23));
  expect(await chat(4)).toBe(401);
  expect(await chat(14)).toBe(200);
  expect((await moving.admin('/ledger/verify')).ok).toBe(true);
}, 240_000);

test('what is let in there again is let in here again, and what was changed here on purpose stays', async () => {
  const { old, move, plan } = moving;
  const [{ team, name }] = await moving.query(
    `select t.name as team, k.name from credentials k join teams t on t.id = k.team_id
     join imported_rows r on r.object = k.id::text and r.entity = 'credential' where r.legacy_id = '5'`,
  );
  const revoked = await fetch(new URL(`/admin/v1/keys/${String(team)}/${String(name)}`, moving.atelier.baseUrl), {
    method: 'DELETE',
    headers: { authorization: `Bearer ${moving.atelier.adminKey}` },
  });
  expect(revoked.ok).toBe(true);
  old.change(`
    update tokens set status = 1 where id = 24;
    update users set status = 1 where username = 'judy';
    update tokens set unlimited_quota = 1 where id = 15;
    update tokens set model_limits_enabled = 0 where id = 23;
    update tokens set expired_time = -1 where id = 4;`);
  const { states } = await move('delta', plan);

  expect(states.keys.restored.map(Number).sort()).toEqual([17, 24, 25]);
  expect(await chats([24, 17, 25, 15, 23, 4])).toEqual([200, 200, 200, 200, 200, 200]);
  expect(await chats([18, 5])).toEqual([401, 401]);
}, 240_000);

test('an old key of a person who was here before follows their user at the source, and the person stays as they are', async () => {
  const { old, move, plan } = moving;
  const isIn = async (): Promise<boolean> => (await moving.admin(`/users/${PERSON}`)).disabled_at === null;
  const after = async (status: 1 | 2) => {
    old.change(`update users set status = ${String(status)} where username = 'hana'`);
    const { states } = await move('delta', plan);
    return [states.keys.refused, states.keys.restored, await chat(HER_KEY), await isIn()];
  };

  expect([await chat(HER_KEY), await isIn()]).toEqual([401, true]);
  expect(await after(2)).toEqual([[], [], 401, true]);
  expect(await after(1)).toEqual([[], [String(HER_KEY)], 200, true]);
  expect(await after(2)).toEqual([[String(HER_KEY)], [], 401, true]);
}, 240_000);
