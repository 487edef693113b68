-- Which passage a reply answers, of those that a person has in a launch; -1: it is not known.
alter table reply add column run integer not null default -1;

-- What happened that is still to enter somebody: the launch stands still, or the passage that is to end is in the middle of
-- something.
create table to_enter (
  campaign  text    not null,
  happening integer not null,
  phone     integer not null,
  primary key (campaign, happening)
) without rowid;
create index to_enter_phone on to_enter (phone);
