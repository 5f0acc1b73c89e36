import { uuidv7 } from 'uuidv7';
import type { Caller } from '../../domain/access/caller';
import type { BudgetPeriod } from '../../domain/money/budget';
import { useDatabase } from '../support/stack';
import { aCredential, anAdmission, aSettlement, aTeam, setLimit, useConnections } from './support';

const connections = useConnections(useDatabase(), ['first', 'second']);
const db = () => connections.first;

async function aProject(teamId: number, name: string): Promise<number> {
  const [row] = await db().query<{ id: number }>('insert into projects (team_id, name) values ($1, $2) returning id', [teamId, name]);
  return row?.id ?? 0;
}

async function aPerson(name: string): Promise<number> {
  const [row] = await db().query<{ id: number }>('insert into users (public_id, email, name) values ($1, $2, $3) returning id', [
    `user_${uuidv7().replaceAll('-', '')}`,
    `${uuidv7()}@example.com`,
    name,
  ]);
  return row?.id ?? 0;
}

async function spend(caller: Caller, reserveMicroUsd: bigint, actualMicroUsd: bigint | null = null): Promise<string> {
  const admission = anAdmission(caller, { reserveMicroUsd });
  const [outcome] = await db().tasks.admit([admission]);
  if (outcome?.kind !== 'admitted') return outcome?.kind === 'refused' ? outcome.refusal.details.budget : (outcome?.kind ?? 'nothing');
  if (actualMicroUsd !== null) await db().tasks.settle([aSettlement(admission.task.id, { actualMicroUsd })]);
  return admission.task.id;
}

const ADMITTED = expect.stringMatching(/^task_/) as string;
const now = async (period: BudgetPeriod, zone: string, at: string) =>
  (await db().query('select name, starts_at, ends_at from budget_period($1, $2, $3)', [period, zone, at]))[0];

describe('Budgets', () => {
  let team: Caller;
  let artist: Caller;
  beforeEach(async () => {
    team = await aTeam(db());
    const projectId = await aProject(team.teamId, 'spring');
    const ownerId = await aPerson('Ann');
    artist = {
      ...team,
      credentialName: 'brush',
      credentialId: await aCredential(db(), team.teamId, 'brush', 'personal', { projectId, ownerId }),
      credentialClass: 'personal',
    };
  });
  afterEach(async () => {
    await db().query('select set_budget($1, 0, $2, p, null) from unnest($3::text[]) as p', [
      'organisation',
      '',
      ['total', 'monthly', 'daily'],
    ]);
    expect(await db().ledger.verify()).toMatchObject({ ok: true, problems: [] });
  });

  /** Whose budget, as `set_budget` names it. */
  async function ownerOf(kind: string): Promise<[string, number, string]> {
    const [row] = await db().query<{ kind: string; team_id: number; key: string }>(
      'select kind, team_id, key from budget_chain(array[$1::int]) where kind = $2',
      [artist.credentialId, kind],
    );
    return [row!.kind, row!.team_id, row!.key];
  }

  describe.each(['total', 'monthly', 'daily'] as const)('%s', (period) => {
    it.each([
      ['organisation', 'organisation'],
      ['team', 'team:'],
      ['class', 'class:personal'],
      ['project', 'project:spring'],
      ['member', 'member:Ann'],
      ['credential', 'credential:brush'],
    ])('of the %s bind, and count what was spent and held before they were set', async (kind, name) => {
      const others = (
        await db().query<{ spent: bigint }>(
          `select coalesce(sum(spent + held), 0)::bigint as spent from accounts where kind = 'team' and period = ''`,
        )
      )[0]!;
      const before = kind === 'organisation' ? others.spent : 0n;
      await spend(artist, 50n, 30n);
      const open = await spend(artist, 20n);
      await setLimit(db(), ...(await ownerOf(kind)), before + 100n, period);
      expect(await spend(artist, 51n)).toMatch(name);
      expect(await spend(artist, 50n)).toEqual(ADMITTED);
      expect(await spend(artist, 1n)).toMatch(name);
      expect(await spend(artist, 0n)).toEqual(ADMITTED);
      await db().tasks.settle([aSettlement(open, { actualMicroUsd: 5n })]);
      expect(await spend(artist, 16n)).toMatch(name);
      expect(await spend(artist, 15n)).toEqual(ADMITTED);
      expect(await spend(team, 1n)).toEqual(kind === 'organisation' || kind === 'team' ? expect.stringMatching(name) : ADMITTED);
      await setLimit(db(), ...(await ownerOf(kind)), null, period);
      await spend(artist, 1_000n, 1_000n);
      await setLimit(db(), ...(await ownerOf(kind)), before + 1_100n, period);
      expect(await spend(artist, 15n)).toEqual(expect.not.stringMatching(/^task_/));
    });
  });

  it('refuse by the narrowest that has no room', async () => {
    for (const kind of ['organisation', 'team', 'class', 'project', 'member', 'credential']) {
      await setLimit(db(), ...(await ownerOf(kind)), 0n);
      expect(await spend(artist, 1n)).toMatch(new RegExp(`^${kind}`));
    }
    await setLimit(db(), ...(await ownerOf('credential')), 0n, 'daily');
    const [outcome] = await db().tasks.admit([anAdmission(artist)]);
    expect(outcome).toMatchObject({ refusal: { details: { budget: 'credential:brush', period: 'total' } } });
  });

  it('follow a credential to another project, class and owner', async () => {
    await setLimit(db(), ...(await ownerOf('project')), 10n);
    expect(await spend(artist, 11n)).toBe('project:spring');
    const other = await aProject(team.teamId, 'autumn');
    await db().query('update credentials set project_id = $2 where id = $1', [artist.credentialId, other]);
    expect(await spend(artist, 11n)).toEqual(ADMITTED);
    await setLimit(db(), 'class', team.teamId, 'test', 5n);
    await db().query(`update credentials set class = 'test', project_id = null where id = $1`, [artist.credentialId]);
    expect(await spend(artist, 11n)).toBe('class:test');
    const [task] = await db().query('select credential_class, project_id, owner_id from tasks where refused order by id desc limit 1');
    expect(task).toMatchObject({ credential_class: 'test', project_id: null, owner_id: expect.any(Number) as number });
  });

  it('give a refund back to every budget in which the task was counted, also one that was set later', async () => {
    const id = await spend(artist, 50n, 40n);
    for (const period of ['monthly', 'daily'] as const) await setLimit(db(), ...(await ownerOf('project')), 60n, period);
    await setLimit(db(), ...(await ownerOf('organisation')), 1_000_000_000n);
    expect(await spend(artist, 21n)).toBe('project:spring');
    expect(await db().ledger.refund(id, 15n, 'late')).toBe(15n);
    expect(await db().ledger.refund(id, 15n, 'late')).toBe(15n);
    expect(await spend(artist, 35n)).toEqual(ADMITTED);
    expect(await spend(artist, 1n)).toBe('project:spring');
    expect(await db().ledger.refund(id, null, 'all of it')).toBe(25n);
    await expect(db().ledger.refund(id, null, 'more')).rejects.toMatchObject({ code: 'invalid_value' });
    expect(await db().ledger.verify()).toMatchObject({ problems: [] });
  });

  it('begin anew with the day and the month, and let what is held go on in the one before', async () => {
    await setLimit(db(), 'team', team.teamId, '', 100n, 'daily');
    const held = await spend(artist, 100n);
    expect(await spend(artist, 1n)).toMatch('team:');
    // The day passes: its account ends now, and with it what was looked up.
    await db().query(`update accounts set ends_at = now(), period = '2026-01-01' where team_id = $1 and length(period) = 10`, [
      team.teamId,
    ]);
    await db().query(`update credential_accounts set valid_until = now() where credential_id = any($1::int[])`, [
      [team.credentialId, artist.credentialId],
    ]);
    expect(await spend(artist, 60n)).toEqual(ADMITTED);
    expect(await spend(team, 41n)).toMatch('team:');
    await db().tasks.settle([aSettlement(held, { actualMicroUsd: 100n })]);
    expect(await spend(team, 40n)).toEqual(ADMITTED);
    expect(
      (await db().budgets.bindingBudgets(team)).map(({ name, spentMicroUsd, heldMicroUsd }) => [name, spentMicroUsd, heldMicroUsd]),
    ).toEqual([[`team:${team.teamName}`, 0n, 100n]]);
  });

  it.each([
    ['monthly', 'UTC', '2026-11-30T23:59:59Z', '2026-11', '2026-11-01T00:00:00Z', '2026-12-01T00:00:00Z'],
    ['daily', 'Asia/Shanghai', '2026-11-29T16:00:00Z', '2026-11-30', '2026-11-29T16:00:00Z', '2026-11-30T16:00:00Z'],
    // 25 and 23 hours
    ['daily', 'Europe/Berlin', '2026-10-25T12:00:00Z', '2026-10-25', '2026-10-24T22:00:00Z', '2026-10-25T23:00:00Z'],
    ['daily', 'America/New_York', '2026-03-08T12:00:00Z', '2026-03-08', '2026-03-08T05:00:00Z', '2026-03-09T04:00:00Z'],
    ['monthly', 'America/New_York', '2026-03-31T23:00:00Z', '2026-03', '2026-03-01T05:00:00Z', '2026-04-01T04:00:00Z'],
    // Midnight comes twice: the day begins with the second one, and the first hour belongs to the day before.
    ['daily', 'America/Havana', '2026-11-01T04:30:00Z', '2026-10-31', '2026-10-31T04:00:00Z', '2026-11-01T05:00:00Z'],
    ['daily', 'America/Havana', '2026-11-01T05:00:00Z', '2026-11-01', '2026-11-01T05:00:00Z', '2026-11-02T05:00:00Z'],
    // Midnight does not come at all.
    ['daily', 'Africa/Cairo', '2026-04-23T22:00:00Z', '2026-04-24', '2026-04-23T22:00:00Z', '2026-04-24T21:00:00Z'],
  ] as const)('%s in %s at %s are those of %s', async (period, zone, at, name, from, to) => {
    expect(await now(period, zone, at)).toEqual({ name, starts_at: new Date(from), ends_at: new Date(to) });
  });

  it('of a day lie end to end all over the year, wherever clocks change', async () => {
    const gaps = await db().query(
      `select zone, at from unnest(array['Europe/Berlin', 'America/Havana', 'Africa/Cairo', 'Australia/Lord_Howe', 'Asia/Tehran', 'Pacific/Apia']) as zone,
         generate_series('2026-01-01Z'::timestamptz, '2027-01-01Z', '6 hours') as at,
         lateral budget_period('daily', zone, at) as day, lateral budget_period('daily', zone, day.ends_at) as next
       where at < day.starts_at or at >= day.ends_at or next.starts_at <> day.ends_at or next.name <= day.name`,
    );
    expect(gaps).toEqual([]);
  });
});
