import type { OrganisationRole, Person, TeamRole } from './principal';

/** Languages of the console. */
export const LOCALES = ['en', 'zh'] as const;
export type Locale = (typeof LOCALES)[number];

/** A person as the administration sees them. */
export interface User extends Person {
  readonly locale: Locale;
  /** IANA name, "Europe/Berlin"; null: as the browser says. */
  readonly timeZone: string | null;
  /** They chose a password; without one they were invited only, or sign in by OIDC. */
  readonly hasPassword: boolean;
  readonly signsInByOidc: boolean;
  readonly disabledAt: Date | null;
  /** Their name and e-mail are gone; null: they are not. */
  readonly erasedAt: Date | null;
  readonly createdAt: Date;
  readonly lastSignInAt: Date | null;
}

export interface NewUser {
  /** Any spelling; stored in lower case. */
  readonly email: string;
  readonly name: string;
  readonly organisationRole: OrganisationRole | null;
  /** By the names of teams. */
  readonly teams: readonly { readonly name: string; readonly role: TeamRole }[];
  readonly locale?: Locale;
}

/** What may change of a user; what is left out stays. */
export interface UserChanges {
  readonly name?: string;
  readonly organisationRole?: OrganisationRole | null;
  readonly locale?: Locale;
  readonly timeZone?: string | null;
  /** True ends every session of theirs at once, and their credentials are refused. */
  readonly disabled?: boolean;
}

/** A person's place in a team, as the team sees it. */
export interface Member {
  readonly user: User;
  readonly role: TeamRole;
  readonly since: Date;
}

export interface UserPage {
  /** At most so many. */
  readonly limit: number;
  /** The public id of the last one of the page before; null: from the first. */
  readonly after: string | null;
  /** Only members of one of these teams; null: all. */
  readonly teamIds: readonly number[] | null;
}

/**
 * People and their places in teams. Users are named by their public id, `user_...`. What ends or narrows what a person may do
 * reaches every process at once.
 */
export interface PeopleStore {
  /** @throws AppError `conflict` for an e-mail in use, `not_found` for an unknown team */
  create(user: NewUser): Promise<User>;
  /** In the order in which they were made; one more than `limit` where there are more. */
  list(page: UserPage): Promise<readonly User[]>;
  find(publicId: string): Promise<User | null>;
  findByEmail(email: string): Promise<User | null>;
  /** @throws AppError `not_found`; `conflict` when nobody would be left who administers the organisation */
  update(publicId: string, changes: UserChanges): Promise<User>;
  /**
   * Takes out what says who a person was: name, e-mail, password, sessions, addresses, preferences, places in teams. Their id stays, for books and
   * logs. What bears the name of a credential of theirs follows within minutes. Repeating changes nothing.
   * @throws AppError as `update`
   */
  erase(publicId: string): Promise<User>;
  /** The id of the team of this name; null: there is none, or it is switched off. */
  teamNamed(name: string): Promise<number | null>;
  /** Of one team, by name. */
  members(teamId: number): Promise<readonly Member[]>;
  /** Gives a person a role in a team, or another one. @throws AppError `not_found` */
  setMember(teamId: number, publicId: string, role: TeamRole): Promise<Member>;
  /** Takes a person out of a team and revokes their own credential in it, until they are in it again. @throws AppError `not_found` when they are not in it */
  removeMember(teamId: number, publicId: string): Promise<void>;
  /** Has anybody signed in yet? */
  anySignIn(): Promise<boolean>;
  /** Views, columns and tour of the console, as the console wrote them: a JSON object. */
  preferences(userId: number): Promise<unknown>;
  setPreferences(userId: number, preferences: unknown): Promise<void>;
}
