import { useFolder } from '../cli/support/run-cli';
import { eventually } from '../support/eventually';
import { expectedOf } from './support/golden';
import { startMove, type TestMove } from './support/move';

/** A change of the share, seen by every api process. */

const FILE = 'newapi-a.sqlite.gz';
const folder = useFolder();
const { key } = expectedOf(FILE).tokens.find(({ legacy_id: id }) => id === 1);
let moving: TestMove;

/** How long after the change the first request was sent that an api process served on the new side. */
async function noticedAfterMs(origin: string, isOld: boolean, since: number): Promise<number> {
  return eventually(
    async () => {
      const sent = performance.now();
      const response = await fetch(new URL('/v1/chat/completions', origin), {
        method: 'POST',
        headers: { authorization: `Bearer sk-${String(key)}`, 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'gpt-4o-mini', max_tokens: 50, messages: [{ role: 'user', content: 'hello' }] }),
      });
      await response.body?.cancel();
      expect(response.status).toBe(200);
      const after = Math.max(0, sent - since);
      return (response.headers.get('x-atelier-provider') === 'old-gateway') === isOld ? { after } : null;
    },
    { withinMs: 30_000 },
  ).then(({ after }) => after);
}

beforeAll(async () => {
  moving = await startMove(FILE, folder.path, { copies: 2 });
  expect((await moving.migrate('apply', moving.plan, '--json')).json().ok).toBe(true);
  await moving.move('traffic', moving.plan, '--percent', '0');
}, 600_000);
afterAll(() => moving.stop(), 120_000);

test('a change of the share holds in every api process within a second', async () => {
  const { apiOrigins } = moving.atelier;
  expect(apiOrigins).toHaveLength(2);
  const [{ id }] = (await moving.admin('/imports')).data;
  const worst: number[] = [];
  for (const percent of [100, 0, 100, 0, 100]) {
    const changed = await fetch(new URL(`/admin/v1/imports/${String(id)}/traffic`, apiOrigins[0]), {
      method: 'PUT',
      headers: { authorization: `Bearer ${moving.atelier.adminKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ percent, split_by: 'key' }),
    });
    const since = performance.now();
    expect(changed.status).toBe(200);
    worst.push(Math.max(...(await Promise.all(apiOrigins.map((origin) => noticedAfterMs(origin, percent === 0, since))))));
  }

  expect(Math.max(...worst)).toBeLessThan(1_000);
}, 240_000);
