-- Campaigns that begin again and again. An occurrence of theirs is its local time, `2026-12-07 10:00`.

-- Since when the ticks of a campaign count: since its schedule, as it is by now, was first looked at.
create table schedule (
  campaign text primary key,
  written  text    not null,                 -- its ticks in words; others begin to count anew
  since    integer not null
) without rowid;

-- Ticks that began no launch, and never will.
create table missed (
  campaign   text    not null,
  occurrence text    not null,
  due_at     integer not null,
  reason     text    not null,               -- too-late, nobody
  noted_at   integer not null,
  primary key (campaign, occurrence)
) without rowid;

-- Who entered a launch by a tick: those of a run of 2^20 rows, in order, each as what it has more than the one before.
create table entered (
  launch_id integer not null,
  run       integer not null,
  phones    blob    not null,
  primary key (launch_id, run)
) without rowid;
