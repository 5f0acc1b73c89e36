import { api } from './client';

/** A limit in all, by month and by day, as decimal strings of US dollars; null: none. */
interface Limits {
  readonly total: string | null;
  readonly monthly: string | null;
  readonly daily: string | null;
}

/** Changes the budget of one thing, wherever the API keeps it. @throws ApiError when it belongs to the file, or exceeds the team's */
export async function changeLimits(team: string, kind: string, name: string, limits: Limits): Promise<void> {
  if (kind === 'organisation') await api.PATCH('/admin/v1/organisation', { body: { budget_usd: limits } });
  else if (kind === 'team') await api.PATCH('/admin/v1/teams/{team}', { params: { path: { team } }, body: { budget_usd: limits } });
  else if (kind === 'class') {
    await api.PATCH('/admin/v1/teams/{team}', { params: { path: { team } }, body: { class_budgets_usd: { [name]: limits } } });
  } else if (kind === 'project') {
    const params = { path: { team, project: name } };
    await api.PATCH('/admin/v1/teams/{team}/projects/{project}', { params, body: { budget_usd: limits } });
  } else {
    const body = { limits: { total_usd: limits.total, monthly_usd: limits.monthly, daily_usd: limits.daily } };
    await api.PATCH('/admin/v1/keys/{team}/{name}', { params: { path: { team, name } }, body });
  }
}
