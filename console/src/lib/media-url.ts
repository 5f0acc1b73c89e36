/**
 * Addresses of a file for the person who is signed in. They are of this origin and stay the same, so that the browser keeps what it has
 * loaded; the signed links of the API change with every read, and work for anybody who gets hold of them.
 */
export const contentUrl = (team: string, asset: string): string => `/v1/assets/${asset}/content?team=${encodeURIComponent(team)}`;
/** @param url - `preview_url` of a task */
export const previewUrl = (team: string, url: string): string => `${new URL(url).pathname}?team=${encodeURIComponent(team)}`;
export const thumbnailUrl = (team: string, asset: string): string => `/v1/assets/${asset}/thumbnail?team=${encodeURIComponent(team)}`;
