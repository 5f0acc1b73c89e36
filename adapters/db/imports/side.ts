/** Whether a key with the aliases `o` (import_keys), `g` (import_traffic) and `k` (credentials) is served by the old gateway. */
export const IS_OLD_SIDE = `case when g.split_by = 'member' then o.owner_position else o.key_position end >= coalesce(
  (select s.here from import_shares s where s.import_id = g.import_id and s.credential_id = k.id),
  (select s.here from import_shares s where s.import_id = g.import_id and s.team_id = k.team_id), g.here)`;
