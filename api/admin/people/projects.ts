import type { Response } from 'express';
import { mayDoIn } from '../../../domain/access/permissions';
import type { Project, Team } from '../../../domain/access/team';
import { managedByFile } from '../../../domain/config/document';
import type { Budget, BudgetOwner } from '../../../domain/money/budget';
import { formatUsd } from '../../../domain/money/money';
import { expectTeam, principalOf } from '../../http/context';
import { parseWith } from '../../http/faults';
import type { Routes, Steps } from '../../http/routes';
import { sendJson, sendList } from '../../http/send';
import { budgetObject, expectWithinTeam, limitChanges } from './budgets';
import { newProjectSchema, pageSchema, projectChangeSchema } from './team-schema';
import type { TeamsDeps } from './teams';

/** Routes of a team's projects. */
export function addProjects(routes: Routes<'/admin/v1'>, context: TeamsDeps, json: Steps): void {
  const { teams } = context.catalogueStore;

  routes.get('/teams/:team/projects', async (request, response) => {
    const { limit, after } = parseWith(pageSchema, request.query);
    const team = await teams.find(request.params.team);
    const found = await teams.projects(team.id, { limit, after: after ?? null });
    const page = found.slice(0, limit);
    const budgets = await context.budgets.budgetsOf(page.map(ownerOf));
    const data = page.map((project) => projectObject(response, team, project, budgets));
    sendList(response, data, ({ name }) => name, found.length > limit);
  });

  routes.post('/teams/:team/projects', json, async (request, response) => {
    const { name, budget_usd: budget } = parseWith(newProjectSchema, request.body);
    const team = await teams.find(request.params.team);
    const changes = limitChanges(budget, 'budget_usd');
    await expectWithinTeam(context, principalOf(response), team, { changes, param: 'budget_usd' });
    const project = await teams.createProject(team.id, name);
    await context.budgets.changeLimits(ownerOf(project), changes);
    await sendProject(context, response, team, project, 201);
  });

  routes.patch('/teams/:team/projects/:project', json, async (request, response) => {
    const { budget_usd: budget, ...names } = parseWith(projectChangeSchema, request.body);
    const team = await teams.find(request.params.team);
    if (budget !== undefined) expectTeam(response, 'budget.change', team.name);
    if (Object.keys(names).length > 0) expectTeam(response, 'project.manage', team.name);
    const project = await findOurs(context, team, request.params.project);
    const changes = limitChanges(budget, 'budget_usd');
    await expectWithinTeam(context, principalOf(response), team, { changes, param: 'budget_usd' });
    await context.budgets.changeLimits(ownerOf(project), changes);
    await sendProject(context, response, team, await teams.changeProject(project, names), 200);
  });

  routes.delete('/teams/:team/projects/:project', async (request, response) => {
    const team = await teams.find(request.params.team);
    const project = await findOurs(context, team, request.params.project);
    await teams.removeProject(project);
    sendJson(response, 200, { object: 'project', id: project.name, team: team.name, deleted: true });
  });
}

/** @throws AppError `not_found`, `managed_by_file` */
async function findOurs({ catalogueStore, settings }: TeamsDeps, team: Team, name: string): Promise<Project> {
  const project = await catalogueStore.teams.findProject(team.id, name);
  if (project.managedBy === 'file') throw managedByFile(`The project ${team.name}/${name}`, settings.configFile);
  return project;
}

async function sendProject(context: TeamsDeps, response: Response, team: Team, project: Project, status: 200 | 201): Promise<void> {
  sendJson(response, status, projectObject(response, team, project, await context.budgets.budgetsOf([ownerOf(project)])));
}

function ownerOf({ id, teamId }: Project): BudgetOwner {
  return { kind: 'project', teamId, key: String(id) };
}

function projectObject(response: Response, team: Team, project: Project, budgets: readonly Budget[]) {
  const named = {
    object: 'project' as const,
    name: project.name,
    team: team.name,
    archived: project.archivedAt !== null,
    archived_at: project.archivedAt?.toISOString() ?? null,
    managed_by: project.managedBy,
    created_at: project.createdAt.toISOString(),
  };
  if (!mayDoIn(principalOf(response), 'budget.read', team.name)) return named;
  return {
    ...named,
    budget_usd: budgetObject(budgets, ownerOf(project)),
    spent_usd: formatUsd(project.spentMicroUsd),
    held_usd: formatUsd(project.heldMicroUsd),
  };
}
