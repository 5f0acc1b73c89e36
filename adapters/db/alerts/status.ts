import type { IncidentNote } from '../../../domain/alert/incident';
import type { StatusNotice, StatusStore } from '../../../domain/status/status';
import type { SqlPool } from '../connection/pool';
import { storableJson } from '../tasks/parameters';

const PUBLIC = `
  select id, note, opened_at from incidents where resolved_at is null and note ->> 'audience' = 'public' order by id desc limit $1`;

type NoticeJson = Omit<StatusNotice, 'until'> & { readonly until: string | null };

/** What the status page says, in Postgres. */
export function createStatusStore(pool: SqlPool): StatusStore {
  return {
    async notice(now) {
      const [row] = await pool.query<{ notice: NoticeJson | null }>('select notice from status_notice');
      const notice = row?.notice ?? null;
      if (notice === null) return null;
      const until = notice.until === null ? null : new Date(notice.until);
      return until !== null && until <= now ? null : { ...notice, until };
    },
    async setNotice(notice) {
      await pool.query('update status_notice set notice = $1::json, updated_at = now()', [notice === null ? null : storableJson(notice)]);
    },
    async publicIncidents(limit) {
      const rows = await pool.query<{ id: string; note: IncidentNote; opened_at: Date }>(PUBLIC, [limit]);
      return rows.map(({ id, note, opened_at: openedAt }) => ({ id, text: note.text, language: note.lang, openedAt }));
    },
  };
}
