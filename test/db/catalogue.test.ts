import { ALL_WELL } from '../../domain/provider/plan';
import { silent } from '../support/silent-logger';
import { randomBytes } from 'node:crypto';
import { createAccountWrites } from '../../activities/account-writes';
import { openCatalogueView } from '../../activities/catalogue-view';
import type { MediaDeps } from '../../activities/media/deps';
import { lookAtPurchase, planMedia } from '../../activities/media/plan';
import { createTextActivities } from '../../activities/text/activities';
import { createTextLane, type LocalTextLane } from '../../activities/text/lane';
import { parseConfig } from '../../adapters/config/file';
import { createCatalogueStore } from '../../adapters/db/catalogue';
import { createProviderRegistry } from '../../adapters/providers/registry';
import { createSecrets } from '../../adapters/secrets';
import type { Caller } from '../../domain/access/caller';
import type { CatalogueView } from '../../domain/provider/catalogue-store';
import type { TextEvent } from '../../domain/runner';
import { eventually } from '../support/eventually';
import { useDatabase } from '../support/stack';
import { anAdmission, aTeam, useConnections } from './support';

const connections = useConnections(useDatabase(), ['changer', 'reader']);
const secrets = createSecrets(randomBytes(32).toString('base64'), null);
const store = (name: 'changer' | 'reader') => createCatalogueStore(connections[name], secrets);
const NOTIFIED = { withinMs: 1_500 };

const views: CatalogueView[] = [];
let caller: Caller;
beforeEach(async () => {
  caller = await aTeam(connections.changer);
  await configure('a');
});
afterEach(() => {
  for (const view of views.splice(0)) view.close();
});

/** Makes the models of these names the only ones, each served by a provider `of-<name>`. */
async function configure(...models: readonly string[]): Promise<void> {
  const providers = models.map((name) => `  - { name: of-${name}, kind: sandbox }\n`).join('');
  const lines = models.map((name) => {
    const modality = name.startsWith('image') ? 'image' : 'text';
    return `  - { name: ${name}, modality: ${modality}, price: free, routes: [{ provider: of-${name}, model: sandbox-${modality} }] }\n`;
  });
  await store('changer').apply(parseConfig(`providers:\n${providers}models:\n${lines.join('')}teams: []\n`, {}));
}

/** A read that is held after it has read, until it is let go. */
function held(): { readonly catalogueStore: ReturnType<typeof store>; hold(): { readonly isReading: () => boolean; letGo(): void } } {
  const catalogueStore = store('reader');
  let gate: Promise<void> = Promise.resolve();
  let isReading = false;
  return {
    catalogueStore: {
      ...catalogueStore,
      async snapshot() {
        const snapshot = await catalogueStore.snapshot();
        isReading = true;
        await gate;
        return snapshot;
      },
    },
    hold() {
      let open: () => void = () => undefined;
      isReading = false;
      gate = new Promise((resolve) => (open = resolve));
      return {
        isReading: () => isReading,
        letGo: () => {
          gate = Promise.resolve();
          open();
        },
      };
    },
  };
}

async function opened(catalogueStore: ReturnType<typeof store>, changes: MediaFeed = connections.reader.changes): Promise<CatalogueView> {
  const view = await openCatalogueView({ catalogueStore, changes, logger: silent });
  views.push(view);
  return view;
}
type MediaFeed = Parameters<typeof openCatalogueView>[0]['changes'];
/** The feed of a process that hears of nothing for a while. */
const deaf: MediaFeed = { onCatalogue: () => () => undefined };

/** All notifications so far: they come in the order of their commits. What is sent before the feed listens is lost, so it is sent again. */
async function notificationsCame(): Promise<void> {
  const marker = randomBytes(8).toString('hex');
  let isHeard = false;
  const unsubscribe = connections.reader.changes.onTask((id) => (isHeard ||= id === marker));
  await eventually(async () => {
    await connections.changer.query(`select pg_notify('atelier_task', $1)`, [marker]);
    return isHeard;
  }, NOTIFIED);
  unsubscribe();
}

const modelsOf = (view: CatalogueView) => [...view.current().models.keys()].toSorted();

describe('The catalogue of a process', () => {
  it('follows a change that is notified while it reads an earlier one', async () => {
    const { catalogueStore, hold } = held();
    const view = await opened(catalogueStore);
    const heard: string[][] = [];
    view.onChange((catalogue) => heard.push([...catalogue.models.keys()].toSorted()));
    await notificationsCame();
    const reading = hold();
    await configure('a', 'b');
    await eventually(reading.isReading, NOTIFIED);

    await configure('a', 'b', 'c');
    await notificationsCame();
    reading.letGo();

    await eventually(() => modelsOf(view).includes('c'), NOTIFIED);
    expect(heard.at(-1)).toEqual(['a', 'b', 'c']);
  });

  it('misses no change that is made while it opens', async () => {
    const { catalogueStore, hold } = held();
    const reading = hold();
    const opening = opened(catalogueStore, deaf);
    await eventually(reading.isReading, NOTIFIED);
    await configure('a', 'b');
    reading.letGo();
    expect(modelsOf(await opening)).toEqual(['a', 'b']);
  });

  it('is looked at again for a name that it does not know', async () => {
    const view = await opened(store('reader'), deaf);
    await configure('a', 'b');
    expect(modelsOf(view)).toEqual(['a']);
    const [one, two] = await Promise.all([view.latest(), view.latest()]);
    expect([one.models.has('b'), two.models.has('b')]).toEqual([true, true]);
  });
});

describe('A task that was admitted', () => {
  const lanes: LocalTextLane[] = [];
  afterEach(() => {
    for (const lane of lanes.splice(0)) lane.close();
  });

  function aLane(view: CatalogueView): LocalTextLane {
    const lane = createTextLane({
      tasks: connections.reader.tasks,
      writes: createAccountWrites(connections.reader.tasks),
      instances: connections.reader.instances,
      assets: connections.reader.assets,
      objects: { get: () => Promise.reject(new Error('Texts have no files.')) },
      assetWriter: { write: () => Promise.reject(new Error('Texts make no files.')) },
      spooledWriter: { write: () => Promise.reject(new Error('Texts make no files.')) },
      catalogue: () => view.current(),
      latestCatalogue: () => view.latest(),
      state: { ...ALL_WELL, ended: () => undefined },
      providers: createProviderRegistry(),
      owners: { startGroup: () => Promise.resolve() },
      workflowIdOf: (id) => `text-${id}`,
      optimistic: true,
      instanceId: 'api-1',
      logger: silent,
      now: () => new Date(),
    });
    lanes.push(lane);
    return lane;
  }

  it('is served by what it was admitted by, though its model and provider leave the configuration meanwhile', async () => {
    const view = await opened(store('reader'));
    const lane = aLane(view);
    const firstAttempt = { provider: 'of-a', model: 'sandbox-text', instanceId: 'api-1' };
    const admission = { ...anAdmission(caller, { firstAttempt, task: { model: 'a' } }), catalogue: view.current() };
    expect(await lane.admit(admission)).toEqual({ kind: 'admitted' });
    await configure('b');
    await view.latest();
    expect(modelsOf(view)).toEqual(['b']);

    const ended = await new Promise<TextEvent>((resolve) => {
      lane.run(admission, { stream: false, listener: (event) => (event.kind === 'ended' ? resolve(event) : undefined) });
    });

    expect(ended).toMatchObject({ task: { status: 'succeeded', provider: 'of-a' } });
    expect(await connections.reader.ledger.verify()).toMatchObject({ ok: true });
  });

  it('is served by a process that had not heard of its model yet', async () => {
    const view = await opened(store('reader'), deaf);
    await configure('a', 'b', 'image');
    const chat = anAdmission(caller, { firstAttempt: null, task: { model: 'b' } });
    const media = { type: 'image', operation: 'image', endpoint: 'tasks', model: 'image' } as const;
    const image = anAdmission(caller, {
      firstAttempt: null,
      task: { ...media, input: { operation: 'image', prompt: 'a boat', images: [], output: {}, params: {} } },
    });
    await connections.changer.tasks.admit([chat, image]);

    const deps = { catalogue: () => view.current(), latestCatalogue: () => view.latest(), state: ALL_WELL, random: Math.random };
    const { tasks } = connections.reader;
    const activities = createTextActivities({ ...deps, tasks, lane: aLane(view) });
    expect(await activities.planTexts([chat.task.id])).toMatchObject([{ routes: [{ provider: 'of-b' }] }]);

    const again = await opened(store('reader'), deaf);
    await configure('a', 'b', 'image', 'image2');
    const ofAgain = { catalogue: () => again.current(), latestCatalogue: () => again.latest() };
    const mediaDeps = { ...deps, ...ofAgain, tasks, now: () => new Date() } as unknown as MediaDeps;
    expect(await planMedia(mediaDeps, image.task.id)).toMatchObject({ routes: [{ provider: 'of-image' }] });
    expect(await lookAtPurchase(mediaDeps, { taskId: image.task.id, n: 1, provider: 'of-image2' })).toMatchObject({ isServed: true });
    expect(await lookAtPurchase(mediaDeps, { taskId: image.task.id, n: 1, provider: 'of-none' })).toMatchObject({ isServed: false });
  });
});
