import { z } from 'zod';
import type { ConfigFault } from '../../domain/config/document';
import { describeIssues, pathText } from './issues';
import { PROVIDER_KINDS } from '../providers/kinds';
import type { ProviderDescriptor } from '../providers/shared/descriptor';
import { cataloguePrice, type PricedRoute } from './price-catalogue';
import { costOption, priceFaults, priceOption, type CostOption } from './price-schema';

/** Names and references only, read tolerantly, so that these checks also run in a file that has other faults. */
const text = z.string().optional().catch(undefined);
const listOf = <Shape extends z.ZodRawShape>(shape: Shape) => z.array(z.object(shape).catch(z.object(shape).parse({}))).catch([]);
const classes = z.array(text).catch([]);
const outline = z.object({
  providers: z
    .array(
      z
        .looseObject({
          name: text,
          kind: text,
          classes: classes.optional(),
          probe: z.object({ model: text }).optional().catch(undefined),
          keys: z
            .array(z.looseObject({ name: text }).catch({ name: undefined }))
            .catch([])
            .optional(),
        })
        .catch({ name: undefined, kind: undefined }),
    )
    .catch([])
    .default([]),
  models: listOf({
    name: text,
    modality: z.enum(['text', 'image', 'video']).optional().catch(undefined),
    price: priceOption.optional().catch(undefined),
    routes: listOf({
      provider: text,
      model: text,
      cost: costOption.optional().catch(undefined),
      when: z.object({ classes }).optional().catch(undefined),
    }).default([]),
    fallbacks: z.record(z.string(), z.array(text).catch([])).catch({}).default({}),
  }).default([]),
  teams: listOf({
    name: text,
    projects: listOf({ name: text }).default([]),
    credentials: listOf({ name: text, key: text, project: text, models: z.array(text).catch([]).default([]) }).default([]),
  }).default([]),
});
type Outline = z.infer<typeof outline>;

/**
 * Faults between the parts of a file: unknown and repeated names, routes and prices that do not fit, keys that are used twice.
 * @param whole - what the messages call all of it
 */
export function crossCheck(
  value: unknown,
  kinds: readonly ProviderDescriptor[] = PROVIDER_KINDS,
  whole = 'this file',
): readonly ConfigFault[] {
  const parsed = outline.safeParse(value);
  if (!parsed.success) return [];
  const file = parsed.data;
  return [
    ...nameFaults(file),
    ...secretFaults(file, kinds),
    ...routeFaults(file, kinds, whole),
    ...fallbackFaults(file, whole),
    ...probeFaults(file),
    ...priceFitFaults(file),
    ...keyFaults(file),
  ];
}

function nameFaults({ providers, models, teams }: Outline): readonly ConfigFault[] {
  return [
    ...repeated(
      'providers',
      providers.map(({ name }) => name),
    ),
    ...repeated(
      'models',
      models.map(({ name }) => name),
    ),
    ...repeated(
      'teams',
      teams.map(({ name }) => name),
    ),
    ...providers.flatMap(({ keys = [] }, index) =>
      repeated(
        `providers[${index}].keys`,
        keys.map(({ name }) => name),
      ),
    ),
    ...teams.flatMap((team, index) =>
      repeated(
        `teams[${index}].credentials`,
        team.credentials.map(({ name }) => name),
      ),
    ),
  ];
}

function repeated(list: string, names: readonly (string | undefined)[]): readonly ConfigFault[] {
  return names.flatMap((name, index) =>
    name !== undefined && names.indexOf(name) < index
      ? [{ path: `${list}[${index}].name`, message: `is the name of ${list}[${names.indexOf(name)}] already` }]
      : [],
  );
}

/** Each secret of a provider stands beside its other options, for all its keys, or in `keys`, not in both; without `keys` those that its kind needs are there. */
function secretFaults({ providers }: Outline, kinds: readonly ProviderDescriptor[]): readonly ConfigFault[] {
  return providers.flatMap((entry, index): readonly ConfigFault[] => {
    const descriptor = kinds.find(({ kind }) => kind === entry.kind);
    if (descriptor === undefined) return [];
    const { options, secretOptions } = descriptor;
    if (entry.keys !== undefined) {
      return secretOptions
        .filter((option) => option in entry && entry.keys?.some((key) => option in key) === true)
        .map((option) => ({ path: `providers[${index}].${option}`, message: 'stands in keys already; give it in one of the two places' }));
    }
    const shape = Object.fromEntries(Object.entries(options).filter(([option]) => secretOptions.includes(option)));
    const checked = z.object(shape).safeParse(entry);
    const missing = checked.success ? [] : checked.error.issues.filter(({ path }) => !(String(path[0]) in entry));
    return describeIssues(missing, ['providers', index]).map((fault) => ({ ...fault, message: 'is required, here or in keys' }));
  });
}

function routeFaults({ providers, models }: Outline, kinds: readonly ProviderDescriptor[], whole: string): readonly ConfigFault[] {
  const known = new Map(providers.map(({ name, kind }) => [name, kinds.find((candidate) => candidate.kind === kind)]));
  return models.flatMap(({ modality, routes }, index) =>
    routes.flatMap((route, position): readonly ConfigFault[] => {
      const path = `models[${index}].routes[${position}]`;
      if (route.provider !== undefined && !known.has(route.provider)) {
        return [{ path: `${path}.provider`, message: `names a provider that is not in ${whole}` }];
      }
      const descriptor = known.get(route.provider);
      if (descriptor !== undefined && modality !== undefined && !descriptor.modalities.includes(modality)) {
        const makes = descriptor.modalities.join(', ');
        return [{ path: `${path}.provider`, message: `is of kind ${descriptor.kind}, which serves no ${modality} models, only ${makes}` }];
      }
      const reached = providers.find(({ name }) => name === route.provider)?.classes;
      const outside = (route.when?.classes ?? []).findIndex((one) => one !== undefined && reached?.includes(one) === false);
      if (outside !== -1) {
        const message = `is not among the classes of the provider ${route.provider ?? ''} (${(reached ?? []).join(', ')})`;
        return [{ path: `${path}.when.classes[${outside}]`, message }];
      }
      const first = routes.findIndex(({ provider, model }) => provider === route.provider && model === route.model);
      return first < position && route.model !== undefined ? [{ path, message: `is the same route as routes[${first}]` }] : [];
    }),
  );
}

function fallbackFaults({ models }: Outline, whole: string): readonly ConfigFault[] {
  return models.flatMap((model, index) =>
    Object.entries(model.fallbacks).flatMap(([cause, names]) =>
      names.flatMap((name, position): readonly ConfigFault[] => {
        const path = `models[${index}].fallbacks.${cause}[${position}]`;
        const other = models.find((candidate) => candidate.name === name);
        if (name === undefined) return [];
        if (other === undefined) return [{ path, message: `names a model that is not in ${whole}` }];
        if (name === model.name) return [{ path, message: 'names the model itself' }];
        if (names.indexOf(name) < position) return [{ path, message: `is the same model as ${cause}[${names.indexOf(name)}]` }];
        if (other.modality === undefined || model.modality === undefined || other.modality === model.modality) return [];
        return [{ path, message: `names a model for ${other.modality}; this one is for ${model.modality}` }];
      }),
    ),
  );
}

/** A probe calls a model by one of the provider's routes. */
function probeFaults({ providers, models }: Outline): readonly ConfigFault[] {
  return providers.flatMap(({ name: provider, probe }, index): readonly ConfigFault[] => {
    if (probe === undefined || provider === undefined) return [];
    const served = models.flatMap(({ name, routes }) =>
      routes.filter((route) => route.provider === provider).flatMap(({ model }) => [name, model]),
    );
    const path = `providers[${index}].probe`;
    if (served.length === 0) return [{ path, message: 'has nothing to call: no route of a model leads to this provider' }];
    if (probe.model === undefined || served.includes(probe.model)) return [];
    return [{ path: `${path}.model`, message: 'names a model that no route to this provider serves' }];
  });
}

function priceFitFaults({ providers, models }: Outline): readonly ConfigFault[] {
  const kindOf = new Map(providers.map(({ name, kind }) => [name, kind]));
  return models.flatMap(({ modality, price, routes }, index): readonly ConfigFault[] => {
    if (modality === undefined) return [];
    const fit = (path: readonly (string | number)[], amount: CostOption | undefined) =>
      amount === undefined
        ? []
        : priceFaults(amount, modality).map(({ option, message }) => ({
            path: `${pathText(path)}${option === '' ? '' : `.${option}`}`,
            message,
          }));
    const costs = routes.flatMap(({ cost }, position) => fit(['models', index, 'routes', position, 'cost'], cost));
    if (price !== 'catalogue') return [...fit(['models', index, 'price'], price), ...costs];
    const known = routes.map(({ provider, model }) => ({ kind: kindOf.get(provider), provider, model }));
    // A route to a provider that is not there is a fault already.
    const isWhole = known.every((route): route is PricedRoute => Object.values(route).every((value) => value !== undefined));
    const found = isWhole ? cataloguePrice(modality, known) : null;
    return found !== null && 'fault' in found ? [{ path: `models[${index}].price`, message: found.fault }, ...costs] : costs;
  });
}

function keyFaults({ models, teams }: Outline): readonly ConfigFault[] {
  const known = new Set(['*', ...models.map(({ name }) => name)]);
  const users = new Map<string, string>();
  return teams.flatMap((team, teamIndex) =>
    team.credentials.flatMap((credential, index) => {
      const path = `teams[${teamIndex}].credentials[${index}]`;
      const unknown = credential.models.flatMap((model, position) =>
        model === undefined || known.has(model)
          ? []
          : [{ path: `${path}.models[${position}]`, message: 'names a model that is not in this file' }],
      );
      const isKnown = credential.project === undefined || team.projects.some(({ name }) => name === credential.project);
      if (!isKnown) unknown.push({ path: `${path}.project`, message: 'names a project that is not in this team' });
      const user = credential.key === undefined ? undefined : users.get(credential.key);
      if (credential.key !== undefined && user === undefined) {
        users.set(credential.key, path);
      }
      return user === undefined
        ? unknown
        : [...unknown, { path: `${path}.key`, message: `is the key of ${user} already; each credential needs its own` }];
    }),
  );
}
