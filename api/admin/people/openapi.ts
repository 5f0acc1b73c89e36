import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { listOf } from '../../fields/list';
import { json, jsonBody, operation } from '../../openapi/describe';
import {
  invitedSchema,
  listUsersSchema,
  memberChangeSchema,
  memberSchema,
  newUserSchema,
  passwordLinkSchema,
  removedSchema,
  userChangeSchema,
  userSchema,
} from './schema';
import {
  newProjectSchema,
  newTeamSchema,
  organisationChangeSchema,
  organisationSchema,
  pageSchema,
  projectChangeSchema,
  projectSchema,
  teamChangeSchema,
  teamSchema,
} from './team-schema';

const tag = 'People';
const team = { '200': json('The team.', teamSchema) };
const organisation = { '200': json('The organisation.', organisationSchema) };
const user = { '200': json('The user.', userSchema) };

/** Paths of people and teams. */
export const peoplePaths: ZodOpenApiPathsObject = {
  '/admin/v1/users': {
    get: operation({
      id: 'listUsers',
      tag,
      summary: 'List users; a manager sees the members of their teams',
      query: listUsersSchema,
      answers: { '200': json('The users.', listOf(userSchema)) },
    }),
    post: operation({
      id: 'inviteUser',
      tag,
      summary: 'Invite a person; a manager invites into their own teams',
      body: jsonBody(newUserSchema),
      answers: { '201': json('The user, with the link to hand on.', invitedSchema) },
    }),
  },
  '/admin/v1/users/{user}': {
    get: operation({ id: 'getUser', tag, summary: 'Show a user, by id or e-mail', path: ['user'], answers: user }),
    patch: operation({
      id: 'changeUser',
      tag,
      summary: 'Change a user: name, role in the organisation, disabled',
      path: ['user'],
      body: jsonBody(userChangeSchema),
      answers: user,
    }),
    delete: operation({ id: 'disableUser', tag, summary: 'Disable a user; what they made stays', path: ['user'], answers: user }),
  },
  '/admin/v1/users/{user}/erase': {
    post: operation({
      id: 'eraseUser',
      tag,
      summary: 'Take out what says who a person was, for good; what they made stays, under their id',
      path: ['user'],
      answers: user,
    }),
  },
  '/admin/v1/users/{user}/reset': {
    post: operation({
      id: 'resetUser',
      tag,
      summary: 'Make a link by which the user chooses a password',
      path: ['user'],
      answers: { '200': json('The link.', passwordLinkSchema) },
    }),
  },
  '/admin/v1/organisation': {
    get: operation({ id: 'getOrganisation', tag, summary: 'Show the organisation', answers: organisation }),
    patch: operation({
      id: 'changeOrganisation',
      tag,
      summary: "Change the organisation's budget",
      body: jsonBody(organisationChangeSchema),
      answers: organisation,
    }),
  },
  '/admin/v1/teams': {
    get: operation({
      id: 'listTeams',
      tag,
      summary: 'List teams; members see their own',
      query: pageSchema,
      answers: { '200': json('The teams, by name.', listOf(teamSchema)) },
    }),
    post: operation({
      id: 'createTeam',
      tag,
      summary: 'Create a team',
      body: jsonBody(newTeamSchema),
      answers: { '201': json('The team.', teamSchema) },
    }),
  },
  '/admin/v1/teams/{team}': {
    get: operation({ id: 'getTeam', tag, summary: 'Show a team', path: ['team'], answers: team }),
    patch: operation({
      id: 'changeTeam',
      tag,
      summary: 'Change a team: budgets, tiers of models, retention, time zone',
      path: ['team'],
      body: jsonBody(teamChangeSchema),
      answers: team,
    }),
  },
  '/admin/v1/teams/{team}/projects': {
    get: operation({
      id: 'listProjects',
      tag,
      summary: "List a team's projects",
      path: ['team'],
      query: pageSchema,
      answers: { '200': json('The projects, by name.', listOf(projectSchema)) },
    }),
    post: operation({
      id: 'createProject',
      tag,
      summary: 'Create a project in a team',
      path: ['team'],
      body: jsonBody(newProjectSchema),
      answers: { '201': json('The project.', projectSchema) },
    }),
  },
  '/admin/v1/teams/{team}/projects/{project}': {
    patch: operation({
      id: 'changeProject',
      tag,
      summary: 'Rename or archive a project, or change its budget',
      path: ['team', 'project'],
      body: jsonBody(projectChangeSchema),
      answers: { '200': json('The project.', projectSchema) },
    }),
    delete: operation({
      id: 'removeProject',
      tag,
      summary: 'Remove a project in which nothing was spent',
      path: ['team', 'project'],
      answers: { '200': json('What was removed.', removedSchema) },
    }),
  },
  '/admin/v1/teams/{team}/members': {
    get: operation({
      id: 'listMembers',
      tag,
      summary: "List a team's members; their e-mails show to those who manage them",
      path: ['team'],
      answers: { '200': json('The members, by name.', listOf(memberSchema)) },
    }),
  },
  '/admin/v1/teams/{team}/members/{user}': {
    put: operation({
      id: 'setMember',
      tag,
      summary: 'Give a user, by id or e-mail, a role in the team',
      path: ['team', 'user'],
      body: jsonBody(memberChangeSchema),
      answers: { '200': json('The member.', memberSchema) },
    }),
    delete: operation({
      id: 'removeMember',
      tag,
      summary: 'Take a user out of the team; their own credential in it is revoked',
      path: ['team', 'user'],
      answers: { '200': json('What was removed.', removedSchema) },
    }),
  },
};
