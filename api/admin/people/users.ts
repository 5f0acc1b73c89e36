import type { Request, Response } from 'express';
import type { z } from 'zod';
import type { User, UserChanges } from '../../../domain/access/person';
import type { LinkKind } from '../../../domain/access/session';
import { AppError } from '../../../domain/errors';
import { given } from '../../../lib/given';
import type { ApiContext } from '../../deps';
import { expectTeam, principalOf, teamsOf } from '../../http/context';
import { parseWith } from '../../http/faults';
import { baseUrlOf } from '../../http/request-headers';
import type { Routes, Steps } from '../../http/routes';
import { sendJson, sendList } from '../../http/send';
import { hashOf, newToken } from '../../http/token';
import { findUser, teamIdOf } from './find';
import { userObject } from './objects';
import { listUsersSchema, newUserSchema, userChangeSchema } from './schema';

export type UsersDeps = Pick<ApiContext, 'passwordLinks' | 'people' | 'settings'>;

/** Routes of /admin/v1/users. A manager sees and invites members of the own teams. */
export function addUsers(routes: Routes<'/admin/v1'>, context: UsersDeps, json: Steps): void {
  routes.get('/users', async (request, response) => {
    const { limit, after, team } = parseWith(listUsersSchema, request.query);
    const teams = teamsOf(response);
    if (team !== undefined) expectTeam(response, 'user.read', team);
    const teamIds = team === undefined ? (teams?.map(({ id }) => id) ?? null) : [await teamIdOf(context, team)];
    if (after !== undefined) await findUser(context, teams, after);
    const users = await context.people.list({ limit, after: after ?? null, teamIds });
    const data = users.slice(0, limit).map((user) => userObject(user, teams));
    sendList(response, data, ({ id }) => id, users.length > limit);
  });

  routes.post('/users', json, async (request, response) => {
    const { email, name, organisation_role: organisationRole, teams = [], locale } = parseWith(newUserSchema, request.body);
    for (const team of teams) expectTeam(response, 'user.invite', team.name);
    if (teamsOf(response) !== null) expectWithinTeams(organisationRole ?? null, teams);
    const user = await context.people.create({
      email,
      name: name ?? email.replace(/@.*$/, ''),
      organisationRole: organisationRole ?? null,
      teams,
      ...given({ locale }),
    });
    const { url, expiresAt } = await issueLink(context, request, response, user, 'invite');
    sendJson(response, 201, { ...userObject(user, teamsOf(response)), invite_url: url, invite_expires_at: expiresAt.toISOString() });
  });

  routes.get('/users/:user', async (request, response) => {
    const teams = teamsOf(response);
    sendJson(response, 200, userObject(await findUser(context, teams, request.params.user), teams));
  });

  routes.patch('/users/:user', json, async (request, response) => {
    const { publicId } = await findUser(context, null, request.params.user);
    const user = await context.people.update(publicId, changesOf(parseWith(userChangeSchema, request.body)));
    sendJson(response, 200, userObject(user, null));
  });

  // Nothing of a person is deleted: what they made goes on to bear their name.
  routes.delete('/users/:user', async (request, response) => {
    const { publicId } = await findUser(context, null, request.params.user);
    sendJson(response, 200, userObject(await context.people.update(publicId, { disabled: true }), null));
  });

  routes.post('/users/:user/erase', async (request, response) => {
    const { publicId } = await findUser(context, null, request.params.user);
    sendJson(response, 200, userObject(await context.people.erase(publicId), null));
  });

  routes.post('/users/:user/reset', async (request, response) => {
    const user = await findUser(context, null, request.params.user);
    if (user.disabledAt !== null) throw new AppError('conflict', `${user.email} is disabled. Enable the user first: {"disabled": false}.`);
    const kind = user.hasPassword ? 'reset' : 'invite';
    const { url, expiresAt } = await issueLink(context, request, response, user, kind);
    sendJson(response, 200, { object: 'password_link', user: user.publicId, kind, reset_url: url, expires_at: expiresAt.toISOString() });
  });
}

function expectWithinTeams(organisationRole: string | null, teams: readonly unknown[]): void {
  if (organisationRole !== null) {
    throw new AppError('permission_denied', 'Only an organisation admin gives roles in the organisation.', { param: 'organisation_role' });
  }
  if (teams.length === 0) {
    throw new AppError(
      'missing_required_parameter',
      'Missing required parameter: teams. Name the team that the person joins, with a role.',
      {
        param: 'teams',
      },
    );
  }
}

function changesOf(body: z.output<typeof userChangeSchema>): UserChanges {
  const { name, organisation_role: organisationRole, locale, time_zone: timeZone, disabled } = body;
  return given({ name, organisationRole, locale, timeZone, disabled });
}

/** A link by which the person chooses a password; it is shown this once. */
async function issueLink({ passwordLinks, settings }: UsersDeps, request: Request, response: Response, user: User, kind: LinkKind) {
  const token = newToken();
  const principal = principalOf(response);
  const createdBy = principal.kind === 'person' ? principal.person.id : null;
  const expiresAt = await passwordLinks.issue(user.id, kind, hashOf(token), createdBy);
  return { url: `${baseUrlOf(settings, request)}/console/accept?token=${token}`, expiresAt };
}
