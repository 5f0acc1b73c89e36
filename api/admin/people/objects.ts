import type { TeamsWithin } from '../../../domain/access/permissions';
import type { Member, User } from '../../../domain/access/person';

/** A user as listed. @param teams - the teams that the reader manages: others are none of their business; null: all */
export function userObject(user: User, teams: TeamsWithin) {
  const seen = user.memberships.filter(({ teamId }) => teams === null || teams.some(({ id }) => id === teamId));
  return {
    object: 'user' as const,
    id: user.publicId,
    email: user.email,
    name: user.name,
    locale: user.locale,
    time_zone: user.timeZone,
    organisation_role: user.organisationRole,
    teams: seen.map(({ teamName, role }) => ({ name: teamName, role })),
    status: statusOf(user),
    disabled_at: user.disabledAt?.toISOString() ?? null,
    erased_at: user.erasedAt?.toISOString() ?? null,
    created_at: user.createdAt.toISOString(),
    last_sign_in_at: user.lastSignInAt?.toISOString() ?? null,
  };
}

/** A member; `seesAll` false: the name and role alone. */
export function memberObject({ user, role, since }: Member, seesAll: boolean) {
  const named = { object: 'member' as const, id: user.publicId, name: user.name, role };
  if (!seesAll) return named;
  return { ...named, email: user.email, status: statusOf(user), since: since.toISOString() };
}

function statusOf({ disabledAt, hasPassword, signsInByOidc }: User): 'active' | 'invited' | 'disabled' {
  if (disabledAt !== null) return 'disabled';
  return hasPassword || signsInByOidc ? 'active' : 'invited';
}
