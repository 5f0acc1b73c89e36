-- What the plan of a move said when it was applied last, for the notices that people get; null: applied before it was kept.
alter table imports add column plan json;
