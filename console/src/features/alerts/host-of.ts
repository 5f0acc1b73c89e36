/** Where a channel leads. Addresses of chats hold a secret: only their host is shown. */
export function hostOf(where: string | readonly string[] | undefined): string {
  if (where === undefined) return '';
  if (typeof where !== 'string') return where.join(', ');
  return URL.canParse(where) ? new URL(where).host : where;
}
