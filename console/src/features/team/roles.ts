import type { TeamRole } from '../../api/team';

export const ROLES: readonly TeamRole[] = ['manager', 'creator', 'viewer'];
