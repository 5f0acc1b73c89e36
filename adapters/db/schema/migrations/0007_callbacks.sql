-- Delivery of events: the row is the truth, its workflow only keeps the time.

alter table callbacks
  -- Redeliveries asked for, counted from 1; a try that began in an older round decides nothing.
  add column round int not null default 1,
  add column round_started_at timestamptz not null default now(),
  -- Tries made in this round.
  add column tries int not null default 0,
  -- Somebody is at it: others leave it alone until then.
  add column quiet_until timestamptz;

create function announce_callback() returns trigger language plpgsql as $$
begin
  perform pg_notify('atelier_callback', '');
  return null;
end $$;

-- Equal notifications of one transaction are one.
create trigger callback_written after insert on callbacks for each statement execute function announce_callback();
