import { createSecretRows } from '../../adapters/db/backup';
import { createSecrets, masterKeyId } from '../../adapters/secrets';
import { useDatabase } from '../support/stack';
import { useConnections } from './support';

const at = useDatabase();
const connections = useConnections(at, ['first']);
const [OLD, NEW] = ['an old master key of 32 characters', 'a new master key of 32 characters!'];
const COLUMN = { table: 'teams', column: 'callback_secret_encrypted' };
const TEAMS = 250;

test('secrets are sealed again part by part, each once, and what fails leaves its part as it was', async () => {
  const old = createSecrets(OLD, null);
  const names = Array.from({ length: TEAMS }, (_, n) => `team-${n}`);
  await connections.first.query(
    `insert into teams (name, callback_secret_encrypted, source) select name, sealed, 'api' from unnest($1::text[], $2::text[]) as t(name, sealed)`,
    [names, names.map((name) => old.seal(`secret of ${name}`))],
  );
  const rows = createSecretRows(at.url);
  const both = createSecrets(NEW, OLD);
  const id = masterKeyId(NEW);
  const seal = (sealed: string): string => both.seal(both.open(sealed));
  expect(await rows.columns()).toContainEqual(COLUMN);
  await expect(
    rows.sealAgain(COLUMN, id, { after: null, limit: 100 }, () => {
      throw new Error('no key');
    }),
  ).rejects.toThrow('no key');
  expect(await rows.count(COLUMN)).toEqual(new Map([[masterKeyId(OLD), TEAMS]]));

  const counts: number[] = [];
  for (let after: string | null = null; ;) {
    const part: { count: number; last: string | null } = await rows.sealAgain(COLUMN, id, { after, limit: 100 }, seal);
    counts.push(part.count);
    if (part.last === null) break;
    after = part.last;
  }
  expect(counts).toEqual([100, 100, 50, 0]);
  expect(await rows.count(COLUMN)).toEqual(new Map([[id, TEAMS]]));
  const now = await connections.first.query<{ name: string; sealed: string }>(
    'select name, callback_secret_encrypted as sealed from teams',
  );
  const onlyNew = createSecrets(NEW, null);
  for (const { name, sealed } of now) expect(onlyNew.open(sealed)).toBe(`secret of ${name}`);
});
