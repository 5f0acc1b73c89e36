import { definePage } from '../../../lib/page';

export interface CredentialsSearch {
  readonly [name: string]: string | undefined;
  /** "active" when absent, "expired", "revoked", "all". */
  readonly state?: string;
  readonly class?: string;
}

export const page = definePage<CredentialsSearch>({
  path: '/t/$team/team/credentials',
  text: ['team', 'credentials'],
  needs: 'key.read',
  search: ['state', 'class'],
});
