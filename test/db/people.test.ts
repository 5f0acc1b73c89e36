import { createHash, randomBytes } from 'node:crypto';
import type { NewUser } from '../../domain/access/person';
import type { NewSession } from '../../domain/access/session';
import { eventually } from '../support/eventually';
import { useDatabase } from '../support/stack';
import { aTeam, useConnections } from './support';

const connections = useConnections(useDatabase(), ['one', 'other']);
const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');
const aToken = (): string => hashOf(randomBytes(8).toString('hex'));
const aSession = (changes: Partial<NewSession> = {}): NewSession => ({
  tokenHash: aToken(),
  lifetimeMs: 60_000,
  replaces: null,
  ip: '192.0.2.7',
  userAgent: null,
  ...changes,
});

function aUser(changes: Partial<NewUser> = {}) {
  const email = `Ada-${randomBytes(4).toString('hex')}@Studio.Example`;
  return connections.one.people.create({ email, name: 'Ada', organisationRole: null, teams: [], ...changes });
}

describe('People', () => {
  it('have an e-mail in lower case, once, and places in teams', async () => {
    const { teamId, teamName } = await aTeam(connections.one);
    const ada = await aUser({ teams: [{ name: teamName, role: 'creator' }] });

    expect(ada).toMatchObject({ hasPassword: false, locale: 'en', memberships: [{ teamId, teamName, role: 'creator' }] });
    expect(ada.publicId).toMatch(/^user_[0-9a-f]{32}$/);
    expect(await connections.one.people.findByEmail(ada.email.toUpperCase())).toEqual(ada);
    await expect(aUser({ email: ada.email.toUpperCase() })).rejects.toMatchObject({ code: 'conflict' });
    await expect(aUser({ teams: [{ name: 'nowhere', role: 'viewer' }] })).rejects.toMatchObject({ code: 'not_found' });

    expect(await connections.one.people.setMember(teamId, ada.publicId, 'manager')).toMatchObject({ role: 'manager' });
    expect(await connections.one.people.members(teamId)).toMatchObject([{ role: 'manager', user: { email: ada.email } }]);
    await connections.one.people.removeMember(teamId, ada.publicId);
    await expect(connections.one.people.removeMember(teamId, ada.publicId)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('are told apart in pages', async () => {
    const made = [await aUser(), await aUser(), await aUser()];
    const [first] = made;
    const page = await connections.one.people.list({ limit: 1, after: first!.publicId, teamIds: null });
    expect(page.map(({ publicId }) => publicId)).toEqual(made.slice(1, 3).map(({ publicId }) => publicId));
  });

  it('always leave an admin, though two demote each other at once', async () => {
    const admins = await Promise.all([aUser({ organisationRole: 'admin' }), aUser({ organisationRole: 'admin' })]);
    const done = await Promise.allSettled(
      admins.map(({ publicId }, index) =>
        connections[index === 0 ? 'one' : 'other'].people.update(publicId, index === 0 ? { organisationRole: null } : { disabled: true }),
      ),
    );
    expect(done.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  });

  it('whose rights change are told to every process', async () => {
    const { teamId } = await aTeam(connections.one);
    const ada = await aUser();
    const heard: number[] = [];
    const unsubscribe = connections.other.changes.onPeople((id) => heard.push(id));
    await eventually(
      async () => {
        await connections.one.people.setMember(teamId, ada.publicId, 'viewer');
        return heard.includes(ada.id);
      },
      { withinMs: 5_000 },
    );
    unsubscribe();
  });
});

describe('A link that chooses a password', () => {
  it('works once, though twenty use it at once by two processes, and ends the sessions before it', async () => {
    const ada = await aUser();
    const token = aToken();
    await connections.one.passwordLinks.issue(ada.id, 'invite', token, null);
    expect(await connections.other.passwordLinks.find(token)).toEqual({ email: ada.email, name: 'Ada', kind: 'invite' });

    const used = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        connections[index % 2 === 0 ? 'one' : 'other'].passwordLinks.use(token, `hash ${index}`, aSession()),
      ),
    );

    expect(used.filter((id) => id !== null)).toEqual([ada.id]);
    expect((await connections.one.passwordStore.facts(ada.email))?.passwordHash).toBe(`hash ${used.indexOf(ada.id)}`);
    const sessions = await connections.one.query('select from sessions where user_id = $1 and revoked_at is null', [ada.id]);
    expect(sessions).toHaveLength(1);
    expect(await connections.one.passwordLinks.find(token)).toBeNull();
  });

  it('ends with another one of its kind, and for a person who was disabled', async () => {
    const ada = await aUser();
    const [first, second] = [aToken(), aToken()];
    await connections.one.passwordLinks.issue(ada.id, 'reset', first, null);
    await connections.one.passwordLinks.issue(ada.id, 'reset', second, null);
    expect(await connections.one.passwordLinks.use(first, 'hash', aSession())).toBeNull();
    await connections.one.people.update(ada.publicId, { disabled: true });
    expect(await connections.one.passwordLinks.use(second, 'hash', aSession())).toBeNull();
  });
});

it('what is over is forgotten after its time, and what lives stays', async () => {
  const { housekeeping, sessionStore, passwordStore, passwordLinks } = connections.one;
  const ada = await aUser();
  const [live, over, revoked] = [aSession({ lifetimeMs: 30 * 86_400_000 }), aSession(), aSession({ lifetimeMs: 30 * 86_400_000 })];
  for (const session of [live, over, revoked]) await sessionStore.begin(ada.id, 'password', session);
  await connections.one.query('update sessions set revoked_at = now() where token_hash = $1', [revoked.tokenHash]);
  const [account, link] = [aToken(), aToken()];
  await passwordStore.takeTurn(account, 'home');
  await passwordLinks.issue(ada.id, 'invite', link, null);
  const left = async () => {
    const sessions = await connections.one.query<{ token_hash: string }>('select token_hash from sessions where user_id = $1', [ada.id]);
    const failures = await connections.one.query('select from sign_in_failures where key = $1', [account]);
    const links = await connections.one.query('select from invitations where token_hash = $1', [link]);
    return { sessions: sessions.map(({ token_hash: hash }) => hash).toSorted(), failures: failures.length, links: links.length };
  };
  const all = [live, over, revoked].map(({ tokenHash }) => tokenHash).toSorted();

  await housekeeping.forgetSignIns(new Date());
  expect(await left()).toEqual({ sessions: all, failures: 1, links: 1 });
  await housekeeping.forgetSignIns(new Date(Date.now() + 2 * 3_600_000));
  expect(await left()).toEqual({ sessions: all, failures: 0, links: 1 });
  await housekeeping.forgetSignIns(new Date(Date.now() + 11 * 86_400_000));
  expect(await left()).toEqual({ sessions: [live.tokenHash], failures: 0, links: 0 });
  expect(await sessionStore.find(live.tokenHash, 3_600_000)).toMatchObject({ person: { email: ada.email } });
});

describe('Signing in', () => {
  it('is tried ten times in all, though forty try at once by two processes, and then locked', async () => {
    const account = aToken();
    const turns = await Promise.all(
      Array.from({ length: 40 }, (_, index) => connections[index % 2 === 0 ? 'one' : 'other'].passwordStore.takeTurn(account, 'home')),
    );
    expect(turns.filter(({ kind }) => kind === 'try')).toHaveLength(10);
    const minutes = turns.flatMap((turn) => (turn.kind === 'locked' ? [(turn.until.getTime() - Date.now()) / 60_000] : []));
    expect(Math.min(...minutes)).toBeGreaterThan(14);
    expect(Math.max(...minutes)).toBeLessThanOrEqual(15.1);

    // A quarter of an hour later the count begins anew.
    await connections.one.query(`update sign_in_failures set locked_until = now() - interval '1 ms' where key = $1`, [account]);
    expect(await connections.one.passwordStore.takeTurn(account, 'home')).toMatchObject({ kind: 'try' });
  });

  it('forgets failures after a quarter of an hour or a success, and counts those of an address apart', async () => {
    const account = aToken();
    const { passwordStore: passwords } = connections.one;
    for (let turn = 0; turn < 9; turn += 1) await passwords.takeTurn(account, 'address-1');
    await connections.one.query(
      `update sign_in_failures set attempted_at = array(select at - interval '16 min' from unnest(attempted_at) as at) where key = $1`,
      [account],
    );
    for (let turn = 0; turn < 9; turn += 1) expect(await passwords.takeTurn(account, 'address-1')).toMatchObject({ kind: 'try' });
    await passwords.succeeded(account);
    for (let turn = 0; turn < 3; turn += 1) await passwords.failed(account, 'address-1');
    expect(await passwords.takeTurn(account, 'address-1')).toEqual({ kind: 'try', addressFailures: 3 });
  });
});
