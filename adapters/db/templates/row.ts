import type { Template, TemplateDigest, TemplateVersion } from '../../../domain/template/template';

/** All of a template, for the table aliases `t` and `m` (its team). */
export const TEMPLATE_COLUMNS = `t.id, t.team_id, m.name as team_name, t.name, t.type, t.visibility, t.published_version, t.archived_at, t.versions,
  t.created_at, t.updated_at, t.created_by, t.newest`;
export const VERSION_COLUMNS = 'version, created_at, created_by, sha256, bytes';

export interface TemplateRow {
  readonly id: string;
  readonly team_id: number;
  readonly team_name: string;
  readonly name: string;
  readonly type: Template['type'];
  readonly visibility: Template['visibility'];
  readonly published_version: number | null;
  readonly archived_at: Date | null;
  readonly versions: number;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly created_by: string;
  readonly newest: TemplateDigest;
}

export interface VersionRow {
  readonly version: number;
  readonly created_at: Date;
  readonly created_by: string;
  readonly sha256: string;
  readonly bytes: number;
}

export function templateOf(row: TemplateRow): Template {
  return {
    id: row.id,
    teamId: row.team_id,
    teamName: row.team_name,
    name: row.name,
    type: row.type,
    state: row.archived_at !== null ? 'archived' : row.published_version === null ? 'draft' : 'published',
    visibility: row.visibility,
    publishedVersion: row.published_version,
    versions: row.versions,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    createdBy: row.created_by,
    newest: row.newest,
  };
}

export function versionOf(row: VersionRow): TemplateVersion {
  return { version: row.version, createdAt: row.created_at, createdBy: row.created_by, sha256: row.sha256, bytes: row.bytes };
}
