import { TEAM_ROLES, type TeamRole } from './principal';

/** What an identity provider says of a person who signed in there. */
export interface OidcIdentity {
  /** Issuer and subject, "https://issuer#subject": they alone name the person. */
  readonly subject: string;
  /** In lower case. null: none, or the provider does not vouch for it. */
  readonly email: string | null;
  readonly name: string | null;
  readonly groups: readonly string[];
}

/** What a sign-in remembers between its two steps. */
export interface OidcSecrets {
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
}

/** Who we are to an identity provider. Holds a secret. */
export interface OidcClient {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scopes: string;
  /** Name of the claim that lists groups. */
  readonly groupsClaim: string;
  /** Believe e-mails of a provider that sends no `email_verified`. */
  readonly trustsEmail: boolean;
}

/** An OpenID Connect provider; authorization code flow with PKCE, state and nonce. */
export interface OidcProvider {
  /** Where to send the browser. @throws AppError `service_unavailable` when the provider does not answer */
  begin(redirectUri: string): Promise<{ readonly url: string; readonly secrets: OidcSecrets }>;
  /** Checks what came back. @throws AppError `oidc_refused`, `service_unavailable` */
  finish(callbackUrl: URL, secrets: OidcSecrets): Promise<OidcIdentity>;
}

/** Gives a role in a team to the members of a group ("designers"), a domain ("@studio.example") or to one e-mail. */
export interface OidcRule {
  readonly who: string;
  readonly team: string;
  readonly role: TeamRole;
}

/** A role in a team, by the team's name. */
export interface TeamAndRole {
  readonly name: string;
  readonly role: TeamRole;
}

/** The teams that the rules give to a person; of several roles in one team the highest. */
export function teamsByRules(rules: readonly OidcRule[], { email, groups }: OidcIdentity): readonly TeamAndRole[] {
  const roles = new Map<string, TeamRole>();
  for (const { who, team, role } of rules) {
    const fits = who.includes('@')
      ? email !== null && (email === who.toLowerCase() || (who.startsWith('@') && email.endsWith(who.toLowerCase())))
      : groups.includes(who);
    const before = roles.get(team);
    if (fits && (before === undefined || TEAM_ROLES.indexOf(role) < TEAM_ROLES.indexOf(before))) roles.set(team, role);
  }
  return [...roles].map(([name, role]) => ({ name, role }));
}

/** People who sign in by OIDC. */
export interface OidcStore {
  /** Uses up a state. @returns false when it came back before */
  claimState(stateHash: string): Promise<boolean>;
  /**
   * The account of an identity: by its subject, else by its e-mail, which it is then linked to, else a new one where rules give it a team.
   * Its places in teams by rules become those given here; those that an administrator gave stay.
   * @returns null when there is no account and none is made, it is disabled or linked to another subject, or nobody gave it anything to do
   */
  account(identity: OidcIdentity, teams: readonly TeamAndRole[]): Promise<number | null>;
}
