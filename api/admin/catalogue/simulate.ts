import { z } from 'zod';
import { UNBOUND, type Caller } from '../../../domain/access/caller';
import { CREDENTIAL_CLASSES } from '../../../domain/access/classes';
import type { CredentialPlace } from '../../../domain/access/credential';
import { formatUsd } from '../../../domain/money/money';
import type { ApiContext } from '../../deps';
import { parseWith } from '../../http/faults';
import type { Routes, Steps } from '../../http/routes';
import { sendJson } from '../../http/send';
import { quote } from '../../submit/prepare';
import { wishOf } from '../../submit/routing-fields';
import { candidatesOf } from '../../tasks/estimate';
import { pendingInputOf } from '../../tasks/input';
import { parseTask } from '../../tasks/parse';

export type SimulateDeps = Pick<ApiContext, 'catalogue' | 'catalogueAdmin' | 'catalogueStore' | 'routeState'>;

const body = z.record(z.string(), z.unknown());
/** Body of `POST /admin/v1/routing/simulate`. */
export const simulationSchema = z
  .strictObject({
    request: body.describe('The body of a task, as for `POST /v1/tasks`; without a template.'),
    draft: body
      .optional()
      .describe(
        'A model as it would be defined; of one that is there, what would change. `name`: default that of the request. Nothing is saved.',
      ),
    class: z.enum(CREDENTIAL_CLASSES).default('production').describe('Of the key that asks.'),
    team: z.string().max(255).optional().describe('With `key`: the key that asks, in place of a class.'),
    key: z.string().max(255).optional(),
  })
  .refine(({ team, key }) => (team === undefined) === (key === undefined), {
    message: 'Give team and key together: a key is named by both.',
  })
  .meta({ id: 'RoutingSimulation' });

const usd = z.string().describe('Decimal string of US dollars.');
export const simulationAnswer = z
  .object({
    object: z.literal('routing.simulation'),
    model: z.string(),
    class: z.enum(CREDENTIAL_CLASSES),
    cost: z.object({ currency: z.literal('USD'), estimated: usd }),
    routing: z.object({
      requested: z.string(),
      candidates: z.array(z.object({ provider: z.string(), model: z.string(), estimated_usd: usd })),
      skipped: z.array(z.object({ provider: z.string(), reason: z.string() })),
    }),
  })
  .meta({ id: 'RoutingSimulationResult' });

/** Route of /admin/v1/routing. */
export function addSimulation(routes: Routes<'/admin/v1'>, context: SimulateDeps, json: Steps): void {
  routes.post('/routing/simulate', json, async (request, response) => {
    const { request: task, draft, class: ofClass, team, key } = parseWith(simulationSchema, request.body);
    const parsed = parseTask(task);
    const current = context.catalogue.current();
    const catalogue = draft === undefined ? current : await context.catalogueAdmin.withDraft(current, { name: parsed.model, ...draft });
    const caller = team === undefined || key === undefined ? callerOfClass(ofClass) : await callerOfKey(context, { team, name: key });
    const asked = { catalogue, caller, endpoint: 'tasks', model: parsed.model, input: pendingInputOf(parsed), ...wishOf(parsed) } as const;
    const { model, boundMicroUsd, routes: planned, skipped } = quote(context, asked);
    sendJson(response, 200, {
      object: 'routing.simulation',
      model: model.name,
      class: caller.credentialClass,
      cost: { currency: 'USD', estimated: formatUsd(boundMicroUsd) },
      routing: { requested: parsed.model, candidates: candidatesOf(asked, model.name, planned), skipped },
    });
  });
}

/** Nobody in particular, with a key of the class. */
function callerOfClass(credentialClass: Caller['credentialClass']): Caller {
  return {
    credentialId: 0,
    credentialName: '',
    credentialClass,
    teamId: 0,
    teamName: '',
    project: null,
    ownerId: null,
    models: ['*'],
    defaults: { images: 'b64_json', models: null },
    bounds: UNBOUND,
    logBodies: null,
    frozenBy: null,
    limitedBy: null,
    replacedAt: null,
  };
}

/** Of a key only what decides which models and routes it has: whoever routes need not see what it may spend. */
async function callerOfKey({ catalogueStore }: SimulateDeps, place: CredentialPlace): Promise<Caller> {
  const { class: credentialClass, models, bounds } = await catalogueStore.credentials.find(place);
  const { modelTiers } = await catalogueStore.teams.find(place.team);
  const ofClass = modelTiers[credentialClass] ?? null;
  const tiers = bounds.modelTiers?.filter((tier) => ofClass?.includes(tier) !== false) ?? ofClass;
  return {
    ...callerOfClass(credentialClass),
    credentialName: place.name,
    teamName: place.team,
    models,
    bounds: { ...UNBOUND, modelTiers: tiers },
  };
}
