-- Why an alert cannot be looked at, as a code that has words in every language; null: it was noted before there were codes.
alter table alerts add column failure_code text;
