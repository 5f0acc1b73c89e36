import { z } from 'zod';
import type { ConfigFault } from '../../domain/config/document';
import { pathText } from './issues';
import { PROVIDER_KINDS } from '../providers/kinds';
import type { ProviderDescriptor } from '../providers/shared/descriptor';
import { priceFaults, priceOption } from './price-schema';

/** Names and references only, read tolerantly, so that these checks also run in a file that has other faults. */
const text = z.string().optional().catch(undefined);
const listOf = <Shape extends z.ZodRawShape>(shape: Shape) => z.array(z.object(shape).catch(z.object(shape).parse({}))).catch([]);
const outline = z.object({
  providers: listOf({ name: text, kind: text }).default([]),
  models: listOf({
    name: text,
    modality: z.enum(['text', 'image', 'video']).optional().catch(undefined),
    price: priceOption.optional().catch(undefined),
    routes: listOf({ provider: text, model: text }).default([]),
  }).default([]),
  teams: listOf({
    name: text,
    credentials: listOf({ name: text, key: text, models: z.array(text).catch([]).default([]) }).default([]),
  }).default([]),
});
type Outline = z.infer<typeof outline>;

/** Faults between the parts of a file: unknown and repeated names, routes and prices that do not fit, keys that are used twice. */
export function crossCheck(value: unknown, kinds: readonly ProviderDescriptor[] = PROVIDER_KINDS): readonly ConfigFault[] {
  const parsed = outline.safeParse(value);
  return parsed.success
    ? [...nameFaults(parsed.data), ...routeFaults(parsed.data, kinds), ...priceFitFaults(parsed.data), ...keyFaults(parsed.data)]
    : [];
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

function routeFaults({ providers, models }: Outline, kinds: readonly ProviderDescriptor[]): readonly ConfigFault[] {
  const known = new Map(providers.map(({ name, kind }) => [name, kinds.find((candidate) => candidate.kind === kind)]));
  return models.flatMap(({ modality, routes }, index) =>
    routes.flatMap((route, position): readonly ConfigFault[] => {
      const path = `models[${index}].routes[${position}]`;
      if (route.provider !== undefined && !known.has(route.provider)) {
        return [{ path: `${path}.provider`, message: 'names a provider that is not in this file' }];
      }
      const descriptor = known.get(route.provider);
      if (descriptor !== undefined && modality !== undefined && !descriptor.modalities.includes(modality)) {
        const makes = descriptor.modalities.join(', ');
        return [{ path: `${path}.provider`, message: `is of kind ${descriptor.kind}, which serves no ${modality} models, only ${makes}` }];
      }
      const first = routes.findIndex(({ provider, model }) => provider === route.provider && model === route.model);
      return first < position && route.model !== undefined ? [{ path, message: `is the same route as routes[${first}]` }] : [];
    }),
  );
}

function priceFitFaults({ models }: Outline): readonly ConfigFault[] {
  return models.flatMap(({ modality, price }, index) =>
    modality === undefined || price === undefined
      ? []
      : priceFaults(price, modality).map(({ option, message }) => ({
          path: `${pathText(['models', index, 'price'])}${option === '' ? '' : `.${option}`}`,
          message,
        })),
  );
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
