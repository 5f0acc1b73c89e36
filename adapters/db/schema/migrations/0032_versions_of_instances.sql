-- Which version a process runs, and since when: what an operator looks at while versions are exchanged.
alter table instances add column version text;
alter table instances add column started_at timestamptz not null default now();
