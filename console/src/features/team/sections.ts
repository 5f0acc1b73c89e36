/** The pages of a team, each with the actions of which one opens it. Their names are those of `lib/paths`. */
export const SECTIONS = [
  { name: 'members', needs: ['member.read'] },
  { name: 'projects', needs: ['project.read'] },
  { name: 'credentials', needs: ['key.read'] },
  { name: 'budgets', needs: ['budget.read', 'allowance.read'] },
  { name: 'webhooks', needs: ['webhook.read'] },
] as const;

export type Section = (typeof SECTIONS)[number]['name'];
