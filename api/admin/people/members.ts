import type { Response } from 'express';
import { mayDoIn } from '../../../domain/access/permissions';
import type { ApiContext } from '../../deps';
import { principalOf, teamsOf } from '../../http/context';
import { parseWith } from '../../http/faults';
import type { Routes, Steps } from '../../http/routes';
import { sendJson, sendList } from '../../http/send';
import { findUser, teamIdOf } from './find';
import { memberObject } from './objects';
import { memberChangeSchema } from './schema';

export type MembersDeps = Pick<ApiContext, 'people'>;

/** Routes of a team's members. Everybody in it sees their names; who manages it sees the rest. */
export function addMembers(routes: Routes<'/admin/v1'>, context: MembersDeps, json: Steps): void {
  routes.get('/teams/:team/members', async (request, response) => {
    const { team } = request.params;
    const members = await context.people.members(await teamIdOf(context, team));
    const seesAll = mayDoIn(principalOf(response), 'member.manage', team);
    const data = members.map((member) => memberObject(member, seesAll));
    sendList(response, data, ({ id }) => id);
  });

  routes.put('/teams/:team/members/:user', json, async (request, response) => {
    const { team, user } = request.params;
    const { role } = parseWith(memberChangeSchema, request.body);
    const id = await teamIdOf(context, team);
    const { publicId } = await findInvitable(context, response, user);
    sendJson(response, 200, memberObject(await context.people.setMember(id, publicId, role), true));
  });

  routes.delete('/teams/:team/members/:user', async (request, response) => {
    const { team, user } = request.params;
    const id = await teamIdOf(context, team);
    const { publicId } = await findUser(context, teamsOf(response), user);
    await context.people.removeMember(id, publicId);
    sendJson(response, 200, { object: 'member', id: publicId, team, deleted: true });
  });
}

/** A manager adds whoever they know: somebody of their teams, or by the e-mail. */
function findInvitable(context: MembersDeps, response: Response, user: string) {
  return findUser(context, user.includes('@') ? null : teamsOf(response), user);
}
