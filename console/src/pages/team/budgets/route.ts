import { definePage } from '../../../lib/page';

export interface BudgetsSearch {
  readonly [name: string]: string | undefined;
  /** The budget that stands open: "project:spring:monthly". */
  readonly open?: string;
  /** Only those whose name has it. */
  readonly q?: string;
}

export const page = definePage<BudgetsSearch>({
  path: '/t/$team/team/budgets',
  text: ['team', 'budgets'],
  needs: 'team.read',
  search: ['open', 'q'],
});
