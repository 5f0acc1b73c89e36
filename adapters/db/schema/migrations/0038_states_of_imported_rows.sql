-- What the source said last of a key or user beside what is left to them: whether it is let in, and the bounds of a key. A delta applies what
-- differs from it, so that what was changed here on purpose stays changed. Null: came in before this was noted.
alter table imported_rows add column source_state text collate "C";
