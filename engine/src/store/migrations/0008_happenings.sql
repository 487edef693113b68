-- What happened outside of campaigns, as it was appended, by whatever process. It is read on from a place, campaign by
-- campaign; what it says of a passage is read from it whenever it is asked for.
create table happening (
  id     integer primary key,
  kind   integer not null,                   -- 0 an event, 1 somebody joined a list, 2 a step starts a campaign
  name   text    not null,                   -- of the event, the list or the campaign
  phone  integer not null,
  fields text    not null,                   -- what it carries, JSON
  at     integer not null,
  once   text                                -- the same kind, name and word are the same happening; null: each is its own
);
create unique index happening_once on happening (kind, name, once) where once is not null;
create index happening_phone on happening (phone, id);

-- How far each campaign has heard.
create table hearing (
  campaign text primary key,
  heard    integer not null
) without rowid;

-- Passages to be told that something happened, since they were in the middle of something when it was heard.
create table untold (
  launch_id integer not null,
  run       integer not null,
  phone     integer not null,
  primary key (launch_id, run, phone)
) without rowid;

-- What happened up to here is not of this launch.
alter table launch add column heard_from integer not null default 0;
-- The last happening when the value was set: later ones win over it.
alter table person_value add column heard integer not null default 0;

-- Passages that a trigger began. A person with several in one launch has one in each run, so that run and number name it.
create table passage (
  launch_id integer not null,
  run       integer not null,
  phone     integer not null,
  happening integer not null,                -- what began it
  key       text,                            -- what tells it apart from the others of the campaign
  at        integer not null,
  primary key (launch_id, run, phone)
) without rowid;
create index passage_phone on passage (phone);

-- Whom a trigger did not enter, and why.
create table not_entered (
  campaign  text    not null,
  happening integer not null,
  phone     integer not null,
  reason    text    not null,
  at        integer not null,
  primary key (campaign, happening)
) without rowid;
create index not_entered_phone on not_entered (phone);

-- A launch may have several passages of a person now, each with an end of its own. Of ends that were kept before the run is
-- not known: -1 stands for the only one.
create table passage_end_2 (
  launch_id integer not null,
  phone     integer not null,
  run       integer not null,
  reason    text    not null,
  at        integer not null,
  primary key (launch_id, phone, run)
) without rowid;
insert into passage_end_2 select launch_id, phone, -1, reason, at from passage_end;
drop table passage_end;
alter table passage_end_2 rename to passage_end;

create table goal_reached_2 (
  launch_id integer not null,
  phone     integer not null,
  run       integer not null,
  at        integer not null,
  primary key (launch_id, phone, run)
) without rowid;
insert into goal_reached_2 select launch_id, phone, -1, at from goal_reached;
drop table goal_reached;
alter table goal_reached_2 rename to goal_reached;

-- Somebody is looked for in cohorts that were set aside too.
create index cohort_aside on cohort (launch_id, run, phone_lo) where state = 2;
