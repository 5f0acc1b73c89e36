-- What a team is for, in words.
alter table teams add column description text;
