-- A time as entries of the audit log write it, to the microsecond: it is part of what is hashed.
create or replace function audit_time(p_at timestamptz) returns text language sql immutable as $$
  select to_char(p_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
$$;
