import { managedByFile } from '../../domain/config/document';
import { AppError } from '../../domain/errors';
import type {
  CatalogueAdmin,
  DefinedModel,
  DefinedProvider,
  DefinitionChange,
  Definitions,
  DefinitionStore,
  FileEntry,
  KeyHints,
  Management,
  ShownDefinition,
  ShownProvider,
} from '../../domain/provider/definitions';
import { keysOf } from '../../domain/provider/catalogue';
import { withSupport } from '../../domain/provider/media-support';
import { adapterSupport } from '../providers/kinds';
import { expectBody, faultsOfRemoval, kindsOf, toCheckedModel, toCheckedProvider } from './checked-entry';
import { modelEntry, providerEntry } from './entries';
import { mergedModel, mergedProvider } from './merged-entry';
import { SECRET_HEADER } from './references';

/** @param afterChange - so that whoever changed something finds it in what they ask for next */
export function createCatalogueAdmin(
  store: DefinitionStore,
  configFile: string | null,
  afterChange: () => Promise<unknown>,
): CatalogueAdmin {
  const change = async (decide: (now: Definitions) => DefinitionChange): Promise<Definitions> => {
    await store.change(decide);
    await afterChange();
    return store.read();
  };
  const ours = <Item extends Management>(kind: 'provider' | 'model', name: string, found: Item | undefined): Item => {
    if (found === undefined) throw unknown(kind, name);
    if (found.managedBy === 'file') throw managedByFile(`The ${kind} ${name}`, configFile);
    return found;
  };
  const expectFree = (kind: 'provider' | 'model', name: string, found: Management | undefined): void => {
    if (found?.managedBy === 'file') throw managedByFile(`The ${kind} ${name}`, configFile);
    if (found !== undefined)
      throw new AppError('conflict', `There is a ${kind} ${name} already. Change it, or choose another name.`, { param: 'name' });
  };

  return {
    providers: async () => (await store.read()).providers.map(shownProvider),
    async models() {
      const now = await store.read();
      return now.models.map((defined) => shownModel(defined, now));
    },
    async createProvider(given) {
      const body = expectBody(given);
      const { name } = body;
      const after = await change((now) => {
        const provider = toCheckedProvider(body, now);
        expectFree('provider', provider.name, providerNamed(now, provider.name));
        return { kind: 'put_provider', provider };
      });
      return shownProvider(there('provider', String(name), providerNamed(after, String(name))));
    },
    async createModel(given) {
      const body = expectBody(given);
      const { name } = body;
      const after = await change((now) => {
        const model = toCheckedModel(body, now);
        expectFree('model', model.name, modelNamed(now, model.name));
        return { kind: 'put_model', model };
      });
      return shownModel(there('model', String(name), modelNamed(after, String(name))), after);
    },
    async changeProvider(name, given) {
      const body = expectBody(given);
      const after = await change((now) => {
        const { provider } = ours('provider', name, providerNamed(now, name));
        return { kind: 'put_provider', provider: toCheckedProvider(mergedProvider(provider, body), now) };
      });
      return shownProvider(there('provider', name, providerNamed(after, name)));
    },
    async changeModel(name, given) {
      const body = expectBody(given);
      const after = await change((now) => {
        const { model } = ours('model', name, modelNamed(now, name));
        return { kind: 'put_model', model: toCheckedModel(mergedModel(modelEntry(model, kindsOf(now)), body), now) };
      });
      return shownModel(there('model', name, modelNamed(after, name)), after);
    },
    async withDraft(catalogue, given) {
      const body = expectBody(given);
      const now = await store.read();
      const found = modelNamed(now, String(body['name']));
      const whole = found === undefined ? body : mergedModel(modelEntry(found.model, kindsOf(now)), body);
      const { notes: _notes, ...drafted } = toCheckedModel(whole, now);
      const model = { ...drafted, createdAt: found?.createdAt ?? new Date() };
      return withSupport({ ...catalogue, models: new Map([...catalogue.models, [model.name, model]]) }, adapterSupport);
    },
    async removeProvider(name) {
      await change((now) => {
        ours('provider', name, providerNamed(now, name));
        expectUnused(
          `The provider ${name}`,
          faultsOfRemoval(now, { ...now, providers: now.providers.filter(({ provider }) => provider.name !== name) }),
        );
        return { kind: 'remove_provider', name };
      });
    },
    async removeModel(name) {
      await change((now) => {
        ours('model', name, modelNamed(now, name));
        expectUnused(`The model ${name}`, faultsOfRemoval(now, { ...now, models: now.models.filter(({ model }) => model.name !== name) }));
        return { kind: 'remove_model', name };
      });
    },
  };
}

function expectUnused(what: string, users: readonly string[]): void {
  if (users.length === 0) return;
  throw new AppError('conflict', `${what} is in use: ${users.join('; ')}. Change these first.`, { details: users });
}

function unknown(kind: 'provider' | 'model', name: string): AppError {
  return new AppError('not_found', `There is no ${kind} ${JSON.stringify(name.slice(0, 128))}.`);
}

/** What was written a moment ago, unless somebody has removed it since. */
function there<Item>(kind: 'provider' | 'model', name: string, found: Item | undefined): Item {
  if (found === undefined) throw unknown(kind, name);
  return found;
}

function providerNamed({ providers }: Definitions, name: string): DefinedProvider | undefined {
  return providers.find(({ provider }) => provider.name === name);
}

function modelNamed({ models }: Definitions, name: string): DefinedModel | undefined {
  return models.find(({ model }) => model.name === name);
}

function shownModel({ model, ...management }: DefinedModel, now: Definitions): ShownDefinition {
  return { entry: modelEntry(model, kindsOf(now)), ...management };
}

/** Secrets are left out; headers that carry keys say how they end. */
function shownProvider({ provider, ...management }: DefinedProvider): ShownProvider {
  const shown = providerEntry(provider, {
    secret: () => undefined,
    header: (name, clear) => (SECRET_HEADER.test(name) ? hintOf(clear) : clear),
  });
  const { keys: _keys, ...entry } = JSON.parse(JSON.stringify(shown)) as FileEntry;
  const keyHints: KeyHints = new Map(
    keysOf(provider).map(({ name, secrets }) => [
      name,
      Object.fromEntries(Object.entries(secrets).map(([option, clear]) => [option, hintOf(clear)])),
    ]),
  );
  return { entry: { ...entry, max_concurrency: provider.maxConcurrency }, keyHints, ...management };
}

/** The end of a secret that is long enough to lose it. */
function hintOf(clear: string): string {
  return clear.length < 16 ? '…' : `…${clear.slice(-4)}`;
}
