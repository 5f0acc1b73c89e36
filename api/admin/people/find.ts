import { unknownTeam, type TeamsWithin } from '../../../domain/access/permissions';
import type { User } from '../../../domain/access/person';
import { AppError } from '../../../domain/errors';
import type { ApiContext } from '../../deps';

type FindDeps = Pick<ApiContext, 'people'>;

/** A user by public id or e-mail, within teams. @throws AppError `not_found` */
export async function findUser({ people }: FindDeps, teams: TeamsWithin, name: string): Promise<User> {
  const user = name.includes('@') ? await people.findByEmail(name) : await people.find(name);
  const isSeen = user !== null && (teams === null || user.memberships.some(({ teamId }) => teams.some(({ id }) => id === teamId)));
  if (!isSeen) throw new AppError('not_found', `There is no user ${JSON.stringify(name.slice(0, 100))}.`);
  return user;
}

/** @throws AppError `not_found` */
export async function teamIdOf({ people }: FindDeps, name: string): Promise<number> {
  const id = await people.teamNamed(name);
  if (id === null) throw unknownTeam(name);
  return id;
}
