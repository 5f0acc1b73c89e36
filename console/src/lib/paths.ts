/** Paths of pages, after `/console`. */
const part = encodeURIComponent;

export const paths = {
  home: () => '/',
  signIn: (next?: string) => (next === undefined ? '/sign-in' : `/sign-in?next=${part(next)}`),
  /** @param from - an asset that becomes a reference */
  image: (team: string, from?: string) => `/t/${part(team)}/studio/image${from === undefined ? '' : `?from=${part(from)}`}`,
  /** @param asset - the image that is edited */
  editImage: (team: string, asset: string) => `/t/${part(team)}/studio/image?edit=${part(asset)}`,
  /** @param assets - two to four images */
  compare: (team: string, assets: readonly string[]) => `/t/${part(team)}/studio/image?compare=${assets.map(part).join(',')}`,
  /** @param from - an asset that becomes the first frame */
  video: (team: string, from?: string) => `/t/${part(team)}/studio/video${from === undefined ? '' : `?from=${part(from)}`}`,
  storyboard: (team: string, shot = 1) => `/t/${part(team)}/studio/video?shot=${shot}`,
  text: (team: string) => `/t/${part(team)}/studio/text`,
  tasks: (team: string) => `/t/${part(team)}/tasks`,
  campaigns: (team: string) => `/t/${part(team)}/campaigns`,
  /** @param template - whose campaign it becomes */
  newCampaign: (team: string, template?: string) =>
    `/t/${part(team)}/campaigns/new${template === undefined ? '' : `?template=${part(template)}`}`,
  schedules: (team: string) => `/t/${part(team)}/campaigns/schedules`,
  campaign: (team: string, id: string) => `/t/${part(team)}/campaigns/${part(id)}`,
  templates: (team: string) => `/t/${part(team)}/templates`,
  template: (team: string, name: string) => `/t/${part(team)}/templates/${part(name)}`,
  /** @param task - whose settings it takes */
  newTemplate: (team: string, task?: string) => `/t/${part(team)}/templates/new${task === undefined ? '' : `?task=${part(task)}`}`,
  useTemplate: (team: string, name: string) => `/t/${part(team)}/templates/${part(name)}/use`,
  compareTemplate: (team: string, name: string, a: number, b: number) =>
    `/t/${part(team)}/templates/${part(name)}/compare?a=${String(a)}&b=${String(b)}`,
  library: (team: string) => `/t/${part(team)}/library`,
  asset: (team: string, id: string) => `/t/${part(team)}/library/${part(id)}`,
  task: (team: string, id: string) => `/t/${part(team)}/tasks/${part(id)}`,
  team: (team: string) => `/t/${part(team)}/team`,
  members: (team: string) => `/t/${part(team)}/team/members`,
  projects: (team: string) => `/t/${part(team)}/team/projects`,
  credentials: (team: string) => `/t/${part(team)}/team/credentials`,
  budgets: (team: string) => `/t/${part(team)}/team/budgets`,
  webhooks: (team: string) => `/t/${part(team)}/team/webhooks`,
  webhook: (team: string, id: string) => `/t/${part(team)}/team/webhooks/${part(id)}`,
  connect: (team: string, client?: string) => `/t/${part(team)}/connect${client === undefined ? '' : `/${part(client)}`}`,
  usage: (team: string) => `/t/${part(team)}/usage`,
  /** @param query - its filters: "from=…&credential=site" */
  logs: (team: string, query = '') => `/t/${part(team)}/logs${query === '' ? '' : `?${query}`}`,
  /** @param model - whose routes are shown @param form - the form that stands open over them */
  routing: (model?: string, form?: 'edit') =>
    `/routing${model === undefined ? '' : `?model=${part(model)}${form === undefined ? '' : `&form=${form}`}`}`,
  providers: (isAdding = false) => `/routing/providers${isAdding ? '?add=yes' : ''}`,
  prices: () => '/routing/prices',
  queues: () => '/routing/queues',
  incidents: () => '/alerts',
  alertRules: () => '/alerts/rules',
  incident: (id: string) => `/alerts/${part(id)}`,
  audit: () => '/admin/audit',
  system: () => '/admin/system',
  retention: () => '/admin/retention',
  backups: () => '/admin/backups',
  holds: () => '/admin/holds',
  migration: () => '/admin/migration',
  status: () => '/admin/status',
  tour: () => '/tour',
  me: () => '/me',
};

/** A path of ours out of `?next=`, which anybody may have written; null for anything else. */
export function safeNext(next: string | undefined): string | null {
  if (next === undefined || !/^\/(?![/\\])[^\\]*$/.test(next)) return null;
  return next;
}
