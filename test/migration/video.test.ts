import { useFolder } from '../cli/support/run-cli';
import { eventually } from '../support/eventually';
import { FAKE_MP4 } from '../support/fake-provider/fixtures';
import { expectedOf } from './support/golden';
import { startMove, type TestMove } from './support/move';
import { QUOTA_PER_VIDEO } from './support/old-videos';

/** Videos of keys that the old gateway serves: ordered, looked at and fetched there, under the same key, and charged there alone. */

const FILE = 'newapi-a.sqlite.gz';
const folder = useFolder();
// An unlimited key of a user with money, and one of somebody else.
const { key } = expectedOf(FILE).tokens.find(({ legacy_id: id }) => id === 1);
let moving: TestMove;

async function call(path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(new URL(path, moving.atelier.baseUrl.replace(/\/?$/, '/')), {
    ...init,
    headers: { authorization: `Bearer sk-${String(key)}`, 'content-type': 'application/json' },
  });
}

/** As OpenAI's clients read it. */
interface Video {
  readonly id: string;
  readonly status: string;
  readonly error: { readonly code: string; readonly message: string } | null;
}

async function begin(): Promise<Video> {
  const response = await call('videos', { method: 'POST', body: JSON.stringify({ model: 'kling-v1-6', prompt: 'a paper boat' }) });
  const video = (await response.json()) as Video;
  expect([response.status, video.error]).toEqual([200, null]);
  return video;
}

/** The video once it has ended. */
const endOf = ({ id }: Video): Promise<Video> =>
  eventually(
    async () => {
      const now = (await (await call(`videos/${id}`)).json()) as Video;
      return now.status === 'completed' || now.status === 'failed' ? now : null;
    },
    { withinMs: 120_000 },
  );
const order = async (): Promise<Video> => endOf(await begin());

const costs = async (): Promise<any> =>
  (await moving.admin('/usage?group_by=provider&interval=none')).data.find(({ provider }: any) => provider === 'old-gateway');

beforeAll(async () => {
  moving = await startMove(FILE, folder.path);
  expect((await moving.migrate('apply', moving.plan, '--json')).json().ok).toBe(true);
  await moving.move('traffic', moving.plan, '--percent', '0');
}, 600_000);
afterAll(() => moving.stop(), 120_000);

test('a video is ordered and fetched at the old gateway, stored here, and costs nothing here', async () => {
  const before = moving.old.balances();
  const video = await order();
  const content = Buffer.from(await (await call(`videos/${video.id}/content`)).arrayBuffer());

  expect(video.status).toBe('completed');
  expect(content.equals(FAKE_MP4)).toBe(true);
  expect(moving.old.videos.ordered).toBe(1);
  expect(before - moving.old.balances()).toBe(BigInt(QUOTA_PER_VIDEO));
  const [{ provider, actual }] = await moving.query(
    `select a.provider, t.actual::text from tasks t join attempts a on a.task_id = t.id where t.type = 'video'`,
  );
  expect({ provider, actual }).toEqual({ provider: 'old-gateway', actual: '0' });
  const usage = await eventually(async () => ((await costs())?.succeeded === 1 ? costs() : null), { withinMs: 60_000 });
  // What it is there by the plan's price, so that both sides are seen in one place.
  expect([usage.cost_usd, usage.provider_cost_usd]).toEqual(['0', '0.28']);
}, 240_000);

test('a video that fails there fails here, and is charged on neither side', async () => {
  const before = moving.old.balances();
  moving.old.videos.fails = true;
  const video = await order();
  moving.old.videos.fails = false;

  expect([video.status, video.error?.message]).toEqual(['failed', expect.stringContaining('the vendor drew nothing')]);
  expect(moving.old.balances()).toBe(before);
  expect(await moving.query(`select 1 from tasks where type = 'video' and actual > 0`)).toEqual([]);
  expect((await moving.admin('/ledger/verify')).ok).toBe(true);
}, 240_000);

test('a key with nothing left there is told so, and its video is not made here instead', async () => {
  const ordered = moving.old.videos.ordered;
  moving.old.fault = { status: 403, code: 'insufficient_user_quota' };
  const video = await order();
  moving.old.fault = null;

  expect([video.status, video.error?.code]).toEqual(['failed', 'insufficient_quota']);
  expect(moving.old.videos.ordered).toBe(ordered);
}, 240_000);

test('a video that runs while its key changes sides is fetched where it was ordered', async () => {
  const ordered = moving.old.videos.ordered + 1;
  const begun = await begin();
  await eventually(() => Promise.resolve(moving.old.videos.ordered === ordered ? true : null), { withinMs: 60_000 });
  await moving.move('traffic', moving.plan, '--percent', '100');
  const video = await endOf(begun);

  const bought = await moving.query(`select provider, outcome, error_code from attempts where task_id = '${begun.id}' order by n`);
  expect([video.status, bought.map(({ provider }) => provider), moving.old.videos.ordered]).toEqual([
    'completed',
    ['old-gateway'],
    ordered,
  ]);
}, 240_000);
