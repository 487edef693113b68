-- What is kept of people: across campaigns, and of their way through a launch.

-- Only marketing counts for the caps of frequency.
alter table launch add column marketing integer not null default 1;

create table person_tag (
  phone     integer not null,
  tag       text    not null,
  launch_id integer not null,                -- whose step put it there
  at        integer not null,
  primary key (phone, tag)
) without rowid;

create table person_value (
  phone     integer not null,
  field     text    not null,
  value     text    not null,
  launch_id integer not null,
  at        integer not null,
  primary key (phone, field)
) without rowid;

-- Passages that ended for a reason, and those that reached the goal.
create table passage_end (
  launch_id integer not null,
  phone     integer not null,
  reason    text    not null,
  at        integer not null,
  primary key (launch_id, phone)
) without rowid;

create table goal_reached (
  launch_id integer not null,
  phone     integer not null,
  at        integer not null,
  primary key (launch_id, phone)
) without rowid;

-- Texts and steps that were left out while the passage went on.
create table skipped (
  launch_id integer not null,
  phone     integer not null,
  step      integer not null,
  reason    text    not null,
  at        integer not null,
  primary key (launch_id, phone, step, at)
) without rowid;

-- Suppressions that ended, since the person opted in again: the evidence stays, and changes keep their order.
create table suppression_ended (
  phone     integer not null,
  seq       integer not null,
  reason    text    not null,
  at        integer not null,
  launch_id integer,
  evidence  text    not null,
  ended_at  integer not null
);
create index suppression_ended_seq on suppression_ended (seq);
