-- What a file was given for, where it is of no use by itself: `mask`. The library leaves these out unless it is asked for them.
alter table assets add column purpose text check (purpose in ('mask'));
