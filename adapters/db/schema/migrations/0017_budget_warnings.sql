-- When the log told of a warning; null: not yet.
alter table budget_warnings add column told_at timestamptz;
create index budget_warnings_untold on budget_warnings (id) where told_at is null;
