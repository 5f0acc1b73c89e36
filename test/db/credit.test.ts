import type { Caller } from '../../domain/access/caller';
import { useDatabase } from '../support/stack';
import { anAdmission, aSettlement, aTaskId, aTeam, setLimit, useConnections } from './support';

const connections = useConnections(useDatabase(), ['first', 'second']);
const db = () => connections.first;
const soon = (ms: number) => new Date(Date.now() + ms);

let team: Caller;
let other: Caller;
beforeEach(async () => {
  [team, other] = [await aTeam(db()), await aTeam(db())];
  await setLimit(db(), 'team', team.teamId, '', 100n);
});
afterEach(async () => {
  expect(await db().ledger.verify()).toMatchObject({ ok: true, problems: [] });
});

async function spend(caller: Caller, reserveMicroUsd: bigint): Promise<boolean> {
  const admission = anAdmission(caller, { reserveMicroUsd });
  const [outcome] = await db().tasks.admit([admission]);
  if (outcome?.kind === 'admitted') await db().tasks.settle([aSettlement(admission.task.id, { actualMicroUsd: reserveMicroUsd })]);
  return outcome?.kind === 'admitted';
}

const grant = (amountMicroUsd: bigint, expiresAt: Date | null, id = aTaskId().replace('task', 'grant')) =>
  db().credit.grant({ id, team: team.teamName, amountMicroUsd, expiresAt, note: null });
const left = async (caller: Caller) => {
  const [budget] = await db().budgets.bindingBudgets(caller);
  return budget!.limitMicroUsd - budget!.spentMicroUsd - budget!.heldMicroUsd;
};
/** The time of a grant passes: with it what was looked up for the team's credentials. */
async function pass(...ids: readonly string[]): Promise<void> {
  await db().query(`update grants set expires_at = now() - interval '1 second' where id = any($1::text[])`, [ids]);
  await db().query(`update credential_accounts set valid_until = now() where credential_id = $1`, [team.credentialId]);
}

test('a grant adds to the total budget, is spent before it, and what is left of it lapses', async () => {
  const { id } = await grant(50n, soon(3_600_000));
  expect(await spend(team, 30n)).toBe(true);
  expect(await left(team)).toBe(120n);
  await pass(id);
  expect(await spend(team, 101n)).toBe(false);
  expect(await spend(team, 100n)).toBe(true);
  expect(await db().credit.grantsOf(team.teamName)).toMatchObject([{ id, usedMicroUsd: 30n, lapsedAt: expect.any(Date) as Date }]);
});

test('of several grants the one that ends first is used up first', async () => {
  const late = await grant(50n, null);
  const early = await grant(40n, soon(3_600_000));
  await spend(team, 45n);
  await pass(early.id);
  expect(await spend(team, 146n)).toBe(false);
  expect(await db().credit.grantsOf(team.teamName)).toMatchObject([
    { id: early.id, usedMicroUsd: 40n },
    { id: late.id, usedMicroUsd: 5n, lapsedAt: null },
  ]);
  expect(await spend(team, 145n)).toBe(true);
});

test('the same grant or transfer twice, at once and on two processes, counts once; another one with its id is a conflict', async () => {
  await setLimit(db(), 'team', other.teamId, '', 0n);
  const transfer = { id: aTaskId(), from: team.teamName, to: other.teamName, amountMicroUsd: 60n, note: null };
  const given = { id: aTaskId(), team: other.teamName, amountMicroUsd: 5n, expiresAt: null, note: 'prepaid' };
  await Promise.all([
    ...[db(), connections.second, db()].map(({ credit }) => credit.transfer(transfer)),
    ...[db(), connections.second, db()].map(({ credit }) => credit.grant(given)),
  ]);
  expect([await left(team), await left(other)]).toEqual([40n, 65n]);
  await expect(db().credit.transfer({ ...transfer, amountMicroUsd: 1n })).rejects.toMatchObject({ code: 'conflict' });
  await expect(db().credit.grant({ ...given, amountMicroUsd: 1n })).rejects.toMatchObject({ code: 'conflict' });
  await expect(db().credit.transfer({ ...transfer, id: aTaskId(), amountMicroUsd: 41n })).rejects.toMatchObject({ code: 'invalid_value' });
  expect([await left(team), await left(other)]).toEqual([40n, 65n]);
  // The limit is set anew as it is at every start of the installation; the credit stays.
  await setLimit(db(), 'team', team.teamId, '', 200n);
  expect(await left(team)).toBe(140n);
});

test('a grant of a team that admits nothing lapses by the housekeeping', async () => {
  const { id } = await grant(50n, soon(3_600_000));
  await pass(id);
  await db().housekeeping.watchBudgets();
  expect(await left(team)).toBe(100n);
});

test('a team without a total budget takes no credit', async () => {
  await expect(
    db().credit.grant({ id: aTaskId(), team: other.teamName, amountMicroUsd: 5n, expiresAt: null, note: null }),
  ).rejects.toMatchObject({
    code: 'conflict',
  });
});

test('transfers to and fro at once neither lose nor make money', async () => {
  await setLimit(db(), 'team', other.teamId, '', 100n);
  const ways = Array.from({ length: 40 }, (_, index) => {
    const [from, to] = index % 2 === 0 ? [team, other] : [other, team];
    const { credit } = index % 3 === 0 ? db() : connections.second;
    return credit
      .transfer({ id: aTaskId(), from: from.teamName, to: to.teamName, amountMicroUsd: BigInt(1 + (index % 7)), note: null })
      .catch(() => undefined);
  });
  await Promise.all([...ways, ...Array.from({ length: 20 }, () => spend(team, 1n))]);
  expect((await left(team)) + (await left(other))).toBe(180n);
});

test('shares of a limit that are spent are told once, and stop nothing', async () => {
  await db().query(`select set_budget('team', $1, '', 'total', 100, '{50,80,100}')`, [team.teamId]);
  const told = () =>
    db().query(
      'select percent, spent_micro_usd as spent from budget_warnings w join accounts a on a.id = w.account_id where a.team_id = $1 order by w.id',
      [team.teamId],
    );
  await spend(team, 49n);
  expect(await told()).toEqual([]);
  await spend(team, 1n);
  await spend(team, 35n);
  await spend(team, 1n);
  expect(await told()).toEqual([
    { percent: 50, spent: 50n },
    { percent: 80, spent: 85n },
  ]);
  await spend(team, 14n);
  const untold = await Promise.all([db().housekeeping.watchBudgets(), connections.second.housekeeping.watchBudgets()]);
  const named = { budget: `team:${team.teamName}`, period: 'total', limitMicroUsd: 100n };
  expect(untold.flat().sort((a, b) => a.percent - b.percent)).toMatchObject([
    { ...named, percent: 50, spentMicroUsd: 50n },
    { ...named, percent: 80, spentMicroUsd: 85n },
    { ...named, percent: 100, spentMicroUsd: 100n },
  ]);
  expect(await db().housekeeping.watchBudgets()).toEqual([]);
  // Another limit has shares of its own; what is spent of it already is told at once.
  await db().query(`select set_budget('team', $1, '', 'total', 150, '{50,80,100}')`, [team.teamId]);
  expect(await told()).toHaveLength(4);
});
