import type { Response } from 'express';
import { CREDENTIAL_CLASSES } from '../../../domain/access/classes';
import { mayDoIn, type Action } from '../../../domain/access/permissions';
import type { Team, TeamBudgetChange, TeamSettings } from '../../../domain/access/team';
import { managedByFile } from '../../../domain/config/document';
import type { Budget, BudgetOwner } from '../../../domain/money/budget';
import { formatUsd } from '../../../domain/money/money';
import { bodyPolicyObject, bodyPolicyOf } from '../../../domain/records/bodies';
import { given } from '../../../lib/given';
import type { ApiContext } from '../../deps';
import { expectTeam, principalOf, teamsOf } from '../../http/context';
import { parseWith } from '../../http/faults';
import type { Routes, Steps } from '../../http/routes';
import { sendJson, sendList } from '../../http/send';
import { budgetObject, expectWithinTeam, limitChanges, type BudgetsDeps } from './budgets';
import { newTeamSchema, organisationChangeSchema, pageSchema, teamChangeSchema, type TeamChange } from './team-schema';

export type TeamsDeps = BudgetsDeps & Pick<ApiContext, 'catalogueStore' | 'settings'>;

const ORGANISATION: BudgetOwner = { kind: 'organisation', teamId: 0, key: '' };

/** The right that each field of a change takes. */
const RIGHTS: Readonly<Record<keyof TeamChange, Action>> = {
  description: 'team.describe',
  budget_usd: 'team.budget',
  class_budgets_usd: 'budget.change',
  model_tiers: 'team.configure',
  retention_days: 'team.configure',
  log_bodies: 'team.configure',
  price_factor: 'team.configure',
  time_zone: 'team.configure',
};

/** Routes of /admin/v1/teams and /admin/v1/organisation. */
export function addTeams(routes: Routes<'/admin/v1'>, context: TeamsDeps, json: Steps): void {
  const { teams } = context.catalogueStore;

  routes.get('/organisation', async (_request, response) => {
    sendJson(response, 200, await organisationObject(context));
  });
  routes.patch('/organisation', json, async (request, response) => {
    const { budget_usd: budget } = parseWith(organisationChangeSchema, request.body);
    await context.budgets.changeLimits(ORGANISATION, limitChanges(budget, 'budget_usd'));
    sendJson(response, 200, await organisationObject(context));
  });

  routes.get('/teams', async (request, response) => {
    const { limit, after } = parseWith(pageSchema, request.query);
    const found = await teams.list({ limit, after: after ?? null }, teamsOf(response)?.map(({ id }) => id) ?? null);
    const page = found.slice(0, limit);
    const budgets = await context.budgets.budgetsOf(page.flatMap(ownersOf));
    const data = page.map((team) => teamObject(response, team, budgets));
    sendList(response, data, ({ name }) => name, found.length > limit);
  });

  routes.post('/teams', json, async (request, response) => {
    const { name, ...given } = parseWith(newTeamSchema, request.body);
    await sendTeam(context, response, await teams.create(name, settingsOf(given), budgetsOf(given)), 201);
  });

  routes.get('/teams/:team', async (request, response) => {
    await sendTeam(context, response, await teams.find(request.params.team), 200);
  });

  routes.patch('/teams/:team', json, async (request, response) => {
    const change = parseWith(teamChangeSchema, request.body);
    const team = await teams.find(request.params.team);
    for (const field of Object.keys(change) as (keyof TeamChange)[]) expectTeam(response, RIGHTS[field], team.name);
    if (team.managedBy === 'file') throw managedByFile(`The team ${team.name}`, context.settings.configFile);
    const budgets = budgetsOf(change);
    for (const { key, changes } of budgets.filter(({ kind }) => kind === 'class')) {
      await expectWithinTeam(context, principalOf(response), team, { changes, param: `class_budgets_usd.${key}` });
    }
    await sendTeam(context, response, await teams.change(team.name, settingsOf(change), budgets), 200);
  });
}

function settingsOf(change: TeamChange): Partial<TeamSettings> {
  const {
    description,
    model_tiers: modelTiers,
    retention_days: retentionDays,
    time_zone: timeZone,
    log_bodies: bodies,
    price_factor: priceFactor,
  } = change;
  return given({
    description,
    modelTiers,
    retentionDays,
    timeZone,
    priceFactor,
    logBodies: bodies === undefined ? undefined : bodyPolicyOf(bodies),
  });
}

function budgetsOf({ budget_usd: own, class_budgets_usd: classes = {} }: TeamChange): readonly TeamBudgetChange[] {
  const ofClasses = CREDENTIAL_CLASSES.map((key) => ({
    kind: 'class' as const,
    key,
    changes: limitChanges(classes[key], `class_budgets_usd.${key}`),
  }));
  const changed = [{ kind: 'team' as const, key: '', changes: limitChanges(own, 'budget_usd') }, ...ofClasses];
  return changed.filter(({ changes }) => Object.keys(changes).length > 0);
}

async function sendTeam(context: TeamsDeps, response: Response, team: Team, status: 200 | 201): Promise<void> {
  sendJson(response, status, teamObject(response, team, await context.budgets.budgetsOf(ownersOf(team))));
}

function ownersOf({ id }: Team): readonly BudgetOwner[] {
  return [{ kind: 'team', teamId: id, key: '' }, ...CREDENTIAL_CLASSES.map((name) => ({ kind: 'class' as const, teamId: id, key: name }))];
}

function teamObject(response: Response, team: Team, budgets: readonly Budget[]) {
  const { id, name, description, timeZone } = team;
  const named = { object: 'team' as const, name, description, time_zone: timeZone, managed_by: team.managedBy };
  if (!mayDoIn(principalOf(response), 'budget.read', name)) return named;
  const classes = CREDENTIAL_CLASSES.map((key) => [key, budgetObject(budgets, { kind: 'class', teamId: id, key })] as const);
  return {
    ...named,
    budget_usd: budgetObject(budgets, { kind: 'team', teamId: id, key: '' }),
    class_budgets_usd: Object.fromEntries(classes.filter(([, limits]) => Object.values(limits).some((limit) => limit !== null))),
    spent_usd: formatUsd(team.spentMicroUsd),
    held_usd: formatUsd(team.heldMicroUsd),
    model_tiers: team.modelTiers,
    retention_days: team.retentionDays,
    log_bodies: bodyPolicyObject(team.logBodies),
    price_factor: team.priceFactor,
    members: team.members,
    created_at: team.createdAt.toISOString(),
  };
}

async function organisationObject({ budgets }: TeamsDeps) {
  return { object: 'organisation' as const, budget_usd: budgetObject(await budgets.budgetsOf([ORGANISATION]), ORGANISATION) };
}
