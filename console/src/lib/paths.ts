/** Paths of pages, after `/console`. */
const part = encodeURIComponent;

export const paths = {
  home: () => '/',
  signIn: (next?: string) => (next === undefined ? '/sign-in' : `/sign-in?next=${part(next)}`),
  image: (team: string) => `/t/${part(team)}/studio/image`,
  video: (team: string) => `/t/${part(team)}/studio/video`,
  text: (team: string) => `/t/${part(team)}/studio/text`,
  tasks: (team: string) => `/t/${part(team)}/tasks`,
  task: (team: string, id: string) => `/t/${part(team)}/tasks/${part(id)}`,
};

/** A path of ours out of `?next=`, which anybody may have written; null for anything else. */
export function safeNext(next: string | undefined): string | null {
  if (next === undefined || !/^\/(?![/\\])[^\\]*$/.test(next)) return null;
  return next;
}
