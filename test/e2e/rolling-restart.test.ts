import { eventually } from '../support/eventually';
import type { FakeProvider } from '../support/fake-provider';
import { useHouse } from './support/house';
import { LOAD_KINDS, type Load, startLoad } from './support/load';

/** Longer than the front needs to see that a process is about to end. */
const GRACE_MS = 2_500;
/** Without the short timeouts of the house's other models: on a busy machine a call that is late is no fault of a restart. */
const MODELS = { text: 'text-patient', image: 'image-patient', video: 'video' };
const house = useHouse({
  copies: 2,
  env: { ATELIER_DRAIN_GRACE_MS: String(GRACE_MS) },
  models: `  - { name: image-patient, modality: image, price: { per_image_usd: "0.01" }, routes: [{ provider: first, model: fake-image }] }\n`,
});
let loads: Load[] = [];

afterEach(async () => {
  await Promise.all(loads.map((load) => load.stop()));
});

function restartsInTurn(): (readonly ['api' | 'worker', number])[] {
  return (['api', 'worker'] as const).flatMap((role) => Array.from({ length: house.atelier.copies }, (_, index) => [role, index] as const));
}

function createsOf({ counts }: FakeProvider): number[] {
  return [...counts.createsByPrompt.values()];
}

test('each api and each worker is restarted in turn under load: no request fails, no stream is cut, every run is bought once', async () => {
  // Streams take longer than the grace, so that each restart has some to wait for.
  Object.assign(house.first.behaviour, { thinkMs: 200, tokens: 30, tokenMs: 50, videoMs: 1_000 });
  loads = [1, 2].map(() => startLoad(house, MODELS));
  const doneSince = (since: number): boolean =>
    LOAD_KINDS.every((kind) => loads.reduce((sum, load) => sum + load.succeeded(kind, since), 0) >= 3);
  await eventually(() => doneSince(0), { withinMs: 40_000 });

  for (const [role, index] of restartsInTurn()) {
    const former = house.atelier.pids(role)[index];
    await house.atelier.restartOne(role, index);
    expect(house.atelier.pids(role)[index]).not.toBe(former);
  }
  const since = performance.now();
  await eventually(() => doneSince(since), { withinMs: 40_000 });
  await Promise.all(loads.map((load) => load.stop()));

  const sent = loads.flatMap((load) => load.sent);
  expect(sent.filter(({ isWhole }) => !isWhole)).toEqual([]);
  const tasks = await eventually(
    async () => {
      const all = await house.tasks();
      return all.every(({ finished_at }) => finished_at !== null) ? all : undefined;
    },
    { withinMs: 40_000, everyMs: 250 },
  );
  expect(tasks).toHaveLength(sent.length);
  for (const { status, error, routing } of tasks)
    expect([status, error, routing.attempts.map(({ outcome }: any) => outcome)]).toEqual(['succeeded', null, ['succeeded']]);
  expect(new Set(createsOf(house.first))).toEqual(new Set([1]));
  expect(createsOf(house.second)).toEqual([]);
  expect(await house.ledger()).toMatchObject({ ok: true, open_reservations: 0, problems: [] });
}, 180_000);

test('an api that was told to end says so at once, and takes requests meanwhile, each the last of its connection', async () => {
  const [own] = house.atelier.apiOrigins;
  const authorization = `Bearer ${house.atelier.keys.production}`;
  const pid = house.atelier.pids('api')[0]!;
  process.kill(pid, 'SIGTERM');

  const told = await eventually(
    async () => {
      const answer = await fetch(`${own}/readyz`);
      return answer.status === 503 ? ((await answer.json()) as object) : undefined;
    },
    { withinMs: GRACE_MS, everyMs: 20 },
  );
  const models = await fetch(`${own}/v1/models`, { headers: { authorization } });
  const alive = await fetch(`${own}/healthz`);

  expect(told).toMatchObject({ status: 'stopping' });
  expect([models.status, models.headers.get('connection'), alive.status]).toEqual([200, 'close', 200]);
  await eventually(() => !lives(pid), { withinMs: 30_000 });
  await house.atelier.restartOne('api', 0);
}, 90_000);

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
