import { z } from 'zod';
import type { ConfigFault } from '../../domain/config/admin';
import { pathText } from './issues';
import { priceFaults, priceOption } from './price-schema';

/** Names and references only, read tolerantly, so that these checks also run in a file that has other faults. */
const word = z.string().optional().catch(undefined);
const listOf = <Shape extends z.ZodRawShape>(shape: Shape) => z.array(z.object(shape).catch(z.object(shape).parse({}))).catch([]);
const outline = z.object({
  providers: listOf({ name: word }).default([]),
  models: listOf({
    name: word,
    modality: z.enum(['text', 'image', 'video']).optional().catch(undefined),
    price: priceOption.optional().catch(undefined),
    routes: listOf({ provider: word, model: word }).default([]),
  }).default([]),
  teams: listOf({
    name: word,
    credentials: listOf({ name: word, key: word, models: z.array(word).catch([]).default([]) }).default([]),
  }).default([]),
});
type Outline = z.infer<typeof outline>;

/** Faults between the parts of a file: unknown and repeated names, prices that do not fit, keys that are used twice. */
export function crossCheck(value: unknown): readonly ConfigFault[] {
  const parsed = outline.safeParse(value);
  return parsed.success
    ? [...nameFaults(parsed.data), ...routeFaults(parsed.data), ...priceFitFaults(parsed.data), ...keyFaults(parsed.data)]
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

function routeFaults({ providers, models }: Outline): readonly ConfigFault[] {
  const known = new Set(providers.map(({ name }) => name));
  return models.flatMap(({ routes }, index) =>
    routes.flatMap((route, position): readonly ConfigFault[] => {
      const path = `models[${index}].routes[${position}]`;
      if (route.provider !== undefined && !known.has(route.provider)) {
        return [{ path: `${path}.provider`, message: 'names a provider that is not in this file' }];
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
