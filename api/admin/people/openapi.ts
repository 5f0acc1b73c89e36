import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { json, jsonBody, operation } from '../../openapi/describe';
import {
  invitedSchema,
  listOf,
  listUsersSchema,
  memberChangeSchema,
  memberSchema,
  newUserSchema,
  passwordLinkSchema,
  removedSchema,
  userChangeSchema,
  userSchema,
} from './schema';

const tag = 'People';
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
  '/admin/v1/users/{user}/reset': {
    post: operation({
      id: 'resetUser',
      tag,
      summary: 'Make a link by which the user chooses a password',
      path: ['user'],
      answers: { '200': json('The link.', passwordLinkSchema) },
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
