import { eventually } from '../support/eventually';
import { useHouse } from './support/house';
import { LOAD_KINDS, type Load, startLoad } from './support/load';

/** `npm run test:upgrade -- REF`: a checkout of an earlier version, built. */
const FROM = process.env['ATELIER_UPGRADE_FROM'];
const MODELS = { text: 'text-patient', image: 'image-patient', video: 'video' };

(FROM === undefined ? describe.skip : describe)('an installation of the version before', () => {
  const house = useHouse({
    copies: 2,
    ...(FROM === undefined ? {} : { root: FROM }),
    env: { ATELIER_DRAIN_GRACE_MS: '2500' },
    models: `  - { name: image-patient, modality: image, price: { per_image_usd: "0.01" }, routes: [{ provider: first, model: fake-image }] }\n`,
  });
  let loads: Load[] = [];

  afterEach(async () => {
    await Promise.all(loads.map((load) => load.stop()));
  });

  test('is migrated, and its workers and apis are replaced in turn, under load: no request fails, every run is bought once', async () => {
    Object.assign(house.first.behaviour, { thinkMs: 200, tokens: 30, tokenMs: 50, videoMs: 4_000 });
    loads = [1, 2].map(() => startLoad(house, MODELS));
    const someDone = (since: number) =>
      eventually(() => LOAD_KINDS.every((kind) => loads.reduce((sum, load) => sum + load.succeeded(kind, since), 0) >= 3), {
        withinMs: 60_000,
      });
    await someDone(0);
    await house.atelier.upgrade();
    // The old processes go on with the new tables and functions.
    await someDone(performance.now());
    for (const role of ['worker', 'api'] as const) {
      for (let index = 0; index < house.atelier.copies; index += 1) {
        await house.atelier.restartOne(role, index);
        await someDone(performance.now());
      }
    }
    await Promise.all(loads.map((load) => load.stop()));

    const sent = loads.flatMap((load) => load.sent);
    expect(sent.filter(({ isWhole }) => !isWhole)).toEqual([]);
    const tasks = await eventually(
      async () => {
        const all = await house.tasks();
        return all.every(({ finished_at }) => finished_at !== null) ? all : undefined;
      },
      { withinMs: 60_000, everyMs: 250 },
    );
    expect(tasks.filter(({ status }) => status !== 'succeeded')).toEqual([]);
    expect(tasks).toHaveLength(sent.length);
    expect(new Set(house.first.counts.createsByPrompt.values())).toEqual(new Set([1]));
    expect(await house.ledger()).toMatchObject({ ok: true, open_reservations: 0, problems: [] });
    process.stdout.write(`${sent.length} requests, none of them failed.\n`);
  }, 400_000);
});
